import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes objects with the S3A of one version, so that a server sees what it sends. Each line on standard input is
 * `bucket TAB file TAB later file TAB …`; each is answered by one line: `ok`, or the exceptions from the outermost on,
 * and the classes of this program that have been loaded.
 */
public final class Writer {
  /** Which of the classes below the configuration has brought in. */
  private static String loaded = "";

  private Writer() {}

  /** For options that name a class: that it doesn't fit shows only once its own code has run. */
  public static final class Credentials {
    static {
      loaded += " loaded Credentials";
    }
  }

  /** Another one, since a class is loaded once. */
  public static final class Streams {
    static {
      loaded += " loaded Streams";
    }
  }

  /** Another one. */
  public static final class Metadata {
    static {
      loaded += " loaded Metadata";
    }
  }

  public static void main(String[] args) throws Exception {
    PrintStream answers = new PrintStream(System.out, true, "UTF-8");
    System.setOut(System.err);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      loaded = "";
      String said = write(line.split("\t", -1));
      answers.println(loaded.isEmpty() ? said : said + loaded);
    }
  }

  private static String write(String[] fields) {
    try {
      Configuration conf = new Configuration();
      for (int i = 1; i < fields.length; i++) {
        conf.addResource(new Path(fields[i]));
      }
      try (FileSystem fs = FileSystem.newInstance(URI.create("s3a://" + fields[0]), conf)) {
        fs.create(new Path("/object")).close();
      }
      return "ok";
    } catch (Throwable e) {
      return causes(e);
    }
  }

  static String causes(Throwable e) {
    StringBuilder text = new StringBuilder();
    for (Throwable t = e; t != null; t = t.getCause()) {
      text.append(text.length() == 0 ? "" : " <- ").append(t.getClass().getSimpleName()).append(": ").append(t.getMessage());
    }
    return text.toString().replaceAll("\\s+", " ");
  }
}
