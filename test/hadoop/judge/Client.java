import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Works with objects by the S3A of one version, as a program does that reads its configuration anew. Each line on standard
 * input is `command TAB bucket TAB path TAB more TAB file TAB later file TAB …`; one line answers: `ok`, `false` as rename
 * said, or the exceptions from the outermost on. In place of a file `-Dname=value` sets that. The commands: `write` so many (more) bytes, `read`, `rename` to more.
 */
public final class Client {
  private Client() {}

  public static void main(String[] args) throws Exception {
    PrintStream answers = new PrintStream(System.out, true, "UTF-8");
    System.setOut(System.err);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      answers.println(run(line.split("\t", -1)));
    }
  }

  private static String run(String[] fields) {
    try {
      Configuration conf = new Configuration();
      for (int i = 4; i < fields.length; i++) {
        if (fields[i].startsWith("-D")) {
          String[] option = fields[i].substring(2).split("=", 2);
          conf.set(option[0], option[1]);
        } else {
          conf.addResource(new Path(fields[i]));
        }
      }
      try (FileSystem fs = FileSystem.newInstance(URI.create("s3a://" + fields[1]), conf)) {
        return run(fs, fields[0], new Path(fields[2]), fields[3]);
      }
    } catch (Throwable e) {
      return Writer.causes(e);
    }
  }

  private static String run(FileSystem fs, String command, Path path, String more) throws Exception {
    switch (command) {
      case "write":
        try (OutputStream out = fs.create(path)) {
          out.write(new byte[Integer.parseInt(more)]);
        }
        return "ok";
      case "read":
        fs.open(path).read(new byte[1]);
        return "ok";
      case "rename":
        return fs.rename(path, new Path(more)) ? "ok" : "false";
      default:
        throw new IllegalArgumentException("unknown command " + command);
    }
  }
}
