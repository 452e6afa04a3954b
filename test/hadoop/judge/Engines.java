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
 * HADOOP_CLASSPATH names); s3a is `before` or `after`: whether S3A is loaded before the engine has read its files.
 */
public final class Engines {
  private final URL[] jars;
  private final Map<String, Function<String[], String>> engines = new HashMap<>();

  private Engines(URL[] jars) {
    this.jars = jars;
  }

  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err);
    Engines engines = new Engines(jarsOf(args));
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Writer out = new OutputStreamWriter(answers, StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      out.append(engines.read(line.split("\t", -1))).append('\n').flush();
    }
  }

  private static URL[] jarsOf(String[] folders) throws IOException {
    List<URL> urls = new ArrayList<>();
    urls.add(Engines.class.getProtectionDomain().getCodeSource().getLocation());
    for (String folder : folders) {
      for (File jar : new File(folder).listFiles()) {
        urls.add(jar.toURI().toURL());
      }
    }
    return urls.toArray(new URL[0]);
  }

  private String read(String[] line) throws Exception {
    File folder = new File(line[4]);
    boolean first = line[1].equals("first");
    if (Engine.keepsFiles(line[0])) {
      try (URLClassLoader classPath = new URLClassLoader(withFolder(folder, first), platform())) {
        return within(classPath, () -> newEngine(classPath).apply(line));
      }
    }
    // Each engine has classes of its own, since what it loads stays in Hadoop's static list of default resources. That list
    // also depends on whether there was a hadoop-site.xml.
    String key = line[0] + new File(folder, "hadoop-site.xml").exists();
    Function<String[], String> engine = engines.get(key);
    if (engine == null) {
      ClassLoader classes = new URLClassLoader(jars, platform());
      engine = within(new Folder(folder, first, classes), () -> newEngine(classes));
      engines.put(key, engine);
    }
    Function<String[], String> chosen = engine;
    return within(new Folder(folder, first, engine.getClass().getClassLoader()), () -> chosen.apply(line));
  }

  private URL[] withFolder(File folder, boolean first) throws IOException {
    List<URL> urls = new ArrayList<>(Arrays.asList(jars));
    urls.add(first ? 0 : urls.size(), folder.toURI().toURL());
    return urls.toArray(new URL[0]);
  }

  private static ClassLoader platform() {
    return ClassLoader.getSystemClassLoader().getParent();
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

  /** A class path with a folder of files, which stands before or behind the jars. */
  private static final class Folder extends ClassLoader {
    private final File folder;
    private final boolean first;

    Folder(File folder, boolean first, ClassLoader jars) {
      super(jars);
      this.folder = folder;
      this.first = first;
    }

    @Override
    public URL getResource(String name) {
      URL own = first ? findResource(name) : null;
      return own != null ? own : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      List<URL> all = new ArrayList<>(Collections.list(getParent().getResources(name)));
      URL own = findResource(name);
      if (own != null) {
        all.add(first ? 0 : all.size(), own);
      }
      return Collections.enumeration(all);
    }

    @Override
    protected URL findResource(String name) {
      File file = new File(folder, name);
      try {
        return file.isFile() ? file.toURI().toURL() : null;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
