import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Renames objects with the S3A of one version. Each line on standard input is `bucket TAB file TAB later file TAB …`; /source
 * becomes /target in that bucket, and one line answers: `ok`, `false` as rename said, or the exceptions from the outermost on.
 */
public final class Renamer {
  private Renamer() {}

  public static void main(String[] args) throws Exception {
    PrintStream answers = new PrintStream(System.out, true, "UTF-8");
    System.setOut(System.err);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      answers.println(rename(line.split("\t", -1)));
    }
  }

  private static String rename(String[] fields) {
    try {
      Configuration conf = new Configuration();
      for (int i = 1; i < fields.length; i++) {
        conf.addResource(new Path(fields[i]));
      }
      try (FileSystem fs = FileSystem.newInstance(URI.create("s3a://" + fields[0]), conf)) {
        return fs.rename(new Path("/source"), new Path("/target")) ? "ok" : "false";
      }
    } catch (Throwable e) {
      return Writer.causes(e);
    }
  }
}
