import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.deploy.SparkSubmit;

/**
 * Submits jobs in client mode, one after the other in one JVM, each as a JVM of its own would. Each line on standard input has
 * the arguments of spark-submit, separated by TABs; one line answers: `ok`, or the exceptions from the outermost on.
 */
public final class Submitter {
  private Submitter() {}

  public static void main(String[] args) throws Exception {
    PrintStream answers = new PrintStream(System.out, true, "UTF-8");
    System.setOut(System.err);
    ClassLoader own = Thread.currentThread().getContextClassLoader();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String answer = submit(line.split("\t"));
      // What a job has left in the JVM: settings, the class loader, and open file systems.
      System.getProperties().keySet().removeIf(name -> name.toString().startsWith("spark."));
      Thread.currentThread().setContextClassLoader(own);
      FileSystem.closeAll();
      answers.println(answer);
    }
  }

  private static String submit(String[] arguments) {
    try {
      new SparkSubmit().doSubmit(arguments);
      return "ok";
    } catch (Throwable e) {
      StringBuilder text = new StringBuilder();
      for (Throwable t = e; t != null; t = t.getCause()) {
        text.append(text.length() == 0 ? "" : " <- ").append(t.getClass().getSimpleName()).append(": ").append(t.getMessage());
      }
      return text.toString().replaceAll("\\s+", " ");
    }
  }
}
