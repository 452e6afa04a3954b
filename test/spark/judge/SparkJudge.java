import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Says what Spark makes of a properties file. Texts are UTF-8 in base64. Each line on standard input is one of
 *
 *   load TAB text                          the pairs of java.util.Properties, sorted by name
 *   options TAB text                       the words of Spark's launcher
 *   spark TAB buckets TAB text TAB core-site.xml or nothing
 *                                          how S3A encrypts for each bucket, and Iceberg for each catalog
 *
 * and is answered by one line of JSON, {"error": …} where the code throws.
 */
public final class SparkJudge {
  private static final Class<?>[] CONF = {Configuration.class};
  private static final Class<?>[] CONF_AND_BUCKET = {Configuration.class, String.class};
  private static final Class<?>[] BUCKET_AND_CONF = {String.class, Configuration.class};
  private static final Pattern CATALOG = Pattern.compile("spark\\.sql\\.catalog\\.([^.]+)");

  private final Path folder;
  private final ClassLoader withFolder;
  private final Method propertiesFromFile;
  private final Method parseOptionString;
  private final Method propagateBucketOptions;
  private final Method patchSecurityCredentialProviders;
  private final Method buildEncryptionSecrets;
  /** Iceberg's; null where it isn't on the class path. */
  private final Constructor<?> s3FileIoProperties;
  /** The table of deprecated names: Hadoop's own, and with the names that loading S3AFileSystem adds. */
  private final AtomicReference<Object> deprecations;
  private final Object withoutS3a;
  private final Object withS3a;

  @SuppressWarnings("unchecked")
  private SparkJudge(Path folder) throws Exception {
    this.folder = folder;
    withFolder = new URLClassLoader(new URL[] {folder.toUri().toURL()}, SparkJudge.class.getClassLoader());
    Field field = Configuration.class.getDeclaredField("deprecationContext");
    field.setAccessible(true);
    deprecations = (AtomicReference<Object>) field.get(null);
    withoutS3a = deprecations.get();
    Class.forName("org.apache.hadoop.fs.s3a.S3AFileSystem");
    withS3a = deprecations.get();
    propertiesFromFile = method("org.apache.spark.util.Utils", "getPropertiesFromFile", String.class);
    parseOptionString = method("org.apache.spark.launcher.CommandBuilderUtils", "parseOptionString", String.class);
    String s3aUtils = "org.apache.hadoop.fs.s3a.S3AUtils";
    propagateBucketOptions = method(s3aUtils, "propagateBucketOptions", CONF_AND_BUCKET);
    patchSecurityCredentialProviders = method(s3aUtils, "patchSecurityCredentialProviders", CONF);
    buildEncryptionSecrets = method(s3aUtils, "buildEncryptionSecrets", BUCKET_AND_CONF);
    s3FileIoProperties = iceberg();
  }

  private static Constructor<?> iceberg() throws Exception {
    try {
      return Class.forName("org.apache.iceberg.aws.s3.S3FileIOProperties").getConstructor(Map.class);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  private static Method method(String type, String name, Class<?>... parameters) throws Exception {
    Method method = Class.forName(type).getDeclaredMethod(name, parameters);
    method.setAccessible(true);
    return method;
  }

  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err);
    SparkJudge judge = new SparkJudge(Path.of(args[0]));
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Writer out = new OutputStreamWriter(answers, StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String answer;
      try {
        answer = judge.answer(line.split("\t", -1));
      } catch (Throwable e) {
        answer = quote(new StringBuilder("{\"error\":"), cause(e)).append('}').toString();
      }
      out.write(answer + "\n");
      out.flush();
    }
  }

  private String answer(String[] words) throws Exception {
    switch (words[0]) {
      case "load":
        return load(text(words[1]));
      case "options":
        StringBuilder json = new StringBuilder("[");
        for (Object word : (List<?>) parseOptionString.invoke(null, text(words[1]))) {
          comma(json);
          quote(json, (String) word);
        }
        return json.append(']').toString();
      case "spark":
        return spark(words[1].split(","), bytes(words[2]), bytes(words[3]));
      default:
        throw new IllegalArgumentException("unknown question " + words[0]);
    }
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static String text(String base64) {
    return new String(bytes(base64), StandardCharsets.UTF_8);
  }

  private static String load(String text) throws Exception {
    Properties properties = new Properties();
    properties.load(new InputStreamReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8));
    StringBuilder json = new StringBuilder("{\"pairs\":[");
    for (String name : new TreeSet<>(properties.stringPropertyNames())) {
      comma(json);
      quote(quote(json.append('['), name).append(','), properties.getProperty(name)).append(']');
    }
    return json.append("]}").toString();
  }

  /** As a driver that is started with `--properties-file` comes by its configuration. */
  private String spark(String[] buckets, byte[] properties, byte[] coreSite) throws Exception {
    Path file = folder.resolve("spark.properties");
    Files.write(file, properties);
    Path site = folder.resolve("core-site.xml");
    Files.deleteIfExists(site);
    if (coreSite.length > 0) {
      Files.write(site, coreSite);
    }
    SparkConf conf = new SparkConf(false);
    scala.collection.Iterator<?> all = ((scala.collection.Iterable<?>) propertiesFromFile.invoke(null, file.toString())).iterator();
    while (all.hasNext()) {
      scala.Tuple2<?, ?> pair = (scala.Tuple2<?, ?>) all.next();
      if (((String) pair._1()).startsWith("spark.")) { // SparkSubmitArguments.ignoreNonSparkProperties
        conf.set((String) pair._1(), (String) pair._2());
      }
    }
    Thread.currentThread().setContextClassLoader(withFolder);
    deprecations.set(withoutS3a);
    Configuration early = SparkHadoopUtil.get().newConfiguration(conf);
    byte[] broadcast = toBytes(early);
    deprecations.set(withS3a);
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    StringBuilder json = new StringBuilder("{\"buckets\":").append(encryptions(hadoop, buckets));
    json.append(",\"broadcast\":").append(encryptions(fromBytes(broadcast), buckets));
    return json.append(",\"catalogs\":").append(catalogs(conf, hadoop, buckets)).append('}').toString();
  }

  /** For each catalog that is named: what its S3FileIO would do, and S3A with the catalog's own Hadoop configuration. */
  private String catalogs(SparkConf conf, Configuration hadoop, String[] buckets) throws Exception {
    StringBuilder json = new StringBuilder("[");
    for (scala.Tuple2<String, String> pair : conf.getAll()) {
      Matcher named = CATALOG.matcher(pair._1());
      if (!named.matches()) {
        continue;
      }
      String catalog = named.group(1);
      Map<String, String> options = new TreeMap<>();
      Configuration own = new Configuration(hadoop);
      Pattern option = Pattern.compile("^spark\\.sql\\.catalog\\." + Pattern.quote(catalog) + "\\.(.+)"); // Catalogs.load
      for (scala.Tuple2<String, String> other : conf.getAll()) {
        Matcher found = option.matcher(other._1());
        if (!found.matches()) {
          continue;
        }
        options.put(found.group(1), other._2());
        if (found.group(1).startsWith("hadoop.")) { // SparkUtil.hadoopConfCatalogOverrides
          own.set(found.group(1).substring("hadoop.".length()), other._2());
        }
      }
      comma(json);
      quote(json.append("{\"name\":"), catalog).append(",\"s3\":").append(s3(options));
      json.append(",\"buckets\":").append(encryptions(own, buckets)).append('}');
    }
    return json.append(']').toString();
  }

  /** Every result that some order of the options gives: SparkCatalog puts them into a map that ignores case, others copy it. */
  private String s3(Map<String, String> options) throws Exception {
    Set<String> results = new TreeSet<>();
    if (s3FileIoProperties != null) {
      List<String> names = new ArrayList<>(options.keySet());
      for (int turn = 0; turn < 2; turn++) {
        Map<String, String> folded = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        names.forEach(name -> folded.put(name, options.get(name)));
        results.add(sse(folded));
        results.add(sse(new HashMap<>(folded)));
        Collections.reverse(names);
      }
    }
    return "[" + String.join(",", results) + "]";
  }

  private String sse(Map<String, String> options) throws Exception {
    StringBuilder json = new StringBuilder("{");
    try {
      Object properties = s3FileIoProperties.newInstance(options);
      Object key = properties.getClass().getMethod("sseKey").invoke(properties);
      quote(json.append("\"method\":"), (String) properties.getClass().getMethod("sseType").invoke(properties));
      quote(json.append(",\"key\":"), key == null ? "" : (String) key);
    } catch (Throwable e) {
      quote(json.append("\"error\":"), cause(e));
    }
    return json.append('}').toString();
  }

  private static byte[] toBytes(Configuration conf) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    conf.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static Configuration fromBytes(byte[] bytes) throws Exception {
    Configuration conf = new Configuration(false);
    conf.readFields(new DataInputStream(new ByteArrayInputStream(bytes)));
    return conf;
  }

  private String encryptions(Configuration conf, String[] buckets) {
    StringBuilder json = new StringBuilder("{");
    for (String bucket : buckets) {
      comma(json);
      quote(json, bucket).append(":{");
      try {
        Configuration own = (Configuration) propagateBucketOptions.invoke(null, conf, bucket);
        patchSecurityCredentialProviders.invoke(null, own);
        Object secrets = buildEncryptionSecrets.invoke(null, bucket, own);
        Object key = secrets.getClass().getMethod("getEncryptionKey").invoke(secrets);
        quote(json.append("\"method\":"), String.valueOf(secrets.getClass().getMethod("getEncryptionMethod").invoke(secrets)));
        quote(json.append(",\"key\":"), key == null ? "" : key.toString());
      } catch (Throwable e) {
        quote(json.append("\"error\":"), cause(e));
      }
      json.append('}');
    }
    return json.append('}').toString();
  }

  /** The innermost exception, in one line. */
  private static String cause(Throwable e) {
    Throwable t = e;
    while ((t instanceof InvocationTargetException || t instanceof RuntimeException) && t.getCause() != null) {
      t = t.getCause();
    }
    String message = t.getMessage() == null ? "" : t.getMessage().replaceAll("\\s+", " ");
    return t.getClass().getSimpleName() + ": " + message;
  }

  private static void comma(StringBuilder json) {
    char last = json.charAt(json.length() - 1);
    if (last != '{' && last != '[') {
      json.append(',');
    }
  }

  private static StringBuilder quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"');
  }
}
