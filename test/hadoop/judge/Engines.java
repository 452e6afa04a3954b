import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * Says what engines make of a configuration folder on their class path: each through its own configuration class, which
 * finds the files by their names and in its own order. The arguments are folders of jars, Hadoop's and then the engines'.
 * Each line on standard input is `engine TAB place TAB s3a TAB buckets TAB folder`, each answered by one line of JSON:
 * {error} or {buckets}. The place is `first` (before the jars, as HADOOP_CONF_DIR) or `last` (behind them, as a folder that
 * HADOOP_CLASSPATH names); s3a is `before` or `after`: whether S3A is loaded before the engine has read its files. With a
 * URI as another word, the engine's configuration writes an empty object there, and no bucket is asked about.
 */
public final class Engines {
  private final URL[] hadoop;
  private final URL[] others;
  private final Map<String, Function<String[], String>> engines = new HashMap<>();

  private Engines(URL[] hadoop, URL[] others) {
    this.hadoop = hadoop;
    this.others = others;
  }

  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err);
    List<URL> hadoop = jarsOf(Arrays.asList(args).subList(0, 2));
    hadoop.add(Engines.class.getProtectionDomain().getCodeSource().getLocation());
    List<URL> others = jarsOf(Arrays.asList(args).subList(2, args.length));
    Engines engines = new Engines(hadoop.toArray(new URL[0]), others.toArray(new URL[0]));
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Writer out = new OutputStreamWriter(answers, StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      out.append(engines.read(line.split("\t", -1))).append('\n').flush();
    }
  }

  private static List<URL> jarsOf(List<String> folders) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String folder : folders) {
      for (File jar : new File(folder).listFiles()) {
        urls.add(jar.toURI().toURL());
      }
    }
    return urls;
  }

  private String read(String[] line) throws Exception {
    File folder = new File(line[4]);
    boolean first = line[1].equals("first");
    // Hadoop's classes are an engine's own, since what the engine loads stays in their static list of default resources.
    // That list also depends on whether there was a hadoop-site.xml.
    String key = line[0] + new File(folder, "hadoop-site.xml").exists();
    if (!engines.containsKey(key)) {
      ClassLoader classes = new URLClassLoader(hadoop, ClassLoader.getSystemClassLoader().getParent());
      try (ClassPath whole = new ClassPath(folder, first, others, classes)) {
        engines.put(key, within(whole, () -> newEngine(classes)));
      }
    }
    Function<String[], String> engine = engines.get(key);
    // The classes of Hive, Spark and HBase are a folder's own: they remember what they found, or look in their own loader.
    try (ClassPath whole = new ClassPath(folder, first, others, engine.getClass().getClassLoader())) {
      return within(whole, () -> engine.apply(line));
    }
  }

  @SuppressWarnings("unchecked")
  private static Function<String[], String> newEngine(ClassLoader classes) throws Exception {
    return (Function<String[], String>) classes.loadClass("Engine").getDeclaredConstructor().newInstance();
  }

  /** Hadoop, Hive and Spark look for files in the thread's class loader. */
  private static <T> T within(ClassLoader loader, Callable<T> work) throws Exception {
    Thread.currentThread().setContextClassLoader(loader);
    try {
      return work.call();
    } finally {
      Thread.currentThread().setContextClassLoader(null);
    }
  }

  /** The jars, and a folder of files that stands before them or behind them. */
  private static final class ClassPath extends URLClassLoader {
    private final File folder;
    private final boolean first;

    ClassPath(File folder, boolean first, URL[] others, ClassLoader hadoop) {
      super(others, hadoop);
      this.folder = folder;
      this.first = first;
    }

    @Override
    public URL getResource(String name) {
      URL own = inFolder(name);
      URL inJars = first && own != null ? null : super.getResource(name);
      return inJars != null ? inJars : own;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      List<URL> all = Collections.list(super.getResources(name));
      URL own = inFolder(name);
      if (own != null) {
        all.add(first ? 0 : all.size(), own);
      }
      return Collections.enumeration(all);
    }

    private URL inFolder(String name) {
      File file = new File(folder, name);
      try {
        return file.isFile() ? file.toURI().toURL() : null;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
