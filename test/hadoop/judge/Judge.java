import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Says what one version of Hadoop makes of configuration files. Each line on standard input is
 * `modes TAB buckets TAB file TAB later file TAB …` (modes and buckets separated by commas); each is answered by one
 * line of JSON: mode → {error} or {properties, expanded, sources, finals, buckets}, all but the last in the modes plain and
 * asWritten only.
 */
public final class Judge {
  private static final Class<?>[] CONF = {Configuration.class};
  private static final Class<?>[] CONF_AND_BUCKET = {Configuration.class, String.class};
  private static final Class<?>[] BUCKET_AND_CONF = {String.class, Configuration.class};

  private final Method propagateBucketOptions;
  private final Method patchSecurityCredentialProviders;
  private final Class<?> s3aUtils;

  /** The table of deprecated names: none, Hadoop's own, and with the legacy names that loading S3AFileSystem adds. */
  final AtomicReference<Object> deprecations;
  private final Object none;
  final Object withoutS3a;
  final Object withS3a;

  @SuppressWarnings("unchecked")
  Judge() throws Exception {
    Field field = Configuration.class.getDeclaredField("deprecationContext");
    field.setAccessible(true);
    deprecations = (AtomicReference<Object>) field.get(null);
    withoutS3a = deprecations.get();
    none = emptyTable(withoutS3a.getClass());
    Class.forName("org.apache.hadoop.fs.s3a.S3AFileSystem");
    withS3a = deprecations.get();
    s3aUtils = Class.forName("org.apache.hadoop.fs.s3a.S3AUtils");
    propagateBucketOptions = method("propagateBucketOptions", CONF_AND_BUCKET);
    patchSecurityCredentialProviders = method("patchSecurityCredentialProviders", CONF);
  }

  private static Object emptyTable(Class<?> table) throws Exception {
    Constructor<?> constructor = table.getDeclaredConstructor(table, Configuration.DeprecationDelta[].class);
    constructor.setAccessible(true);
    return constructor.newInstance(null, new Configuration.DeprecationDelta[0]);
  }

  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err);
    Judge judge = new Judge();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Writer out = new OutputStreamWriter(answers, StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] fields = line.split("\t", -1);
      StringBuilder json = new StringBuilder("{");
      for (String mode : fields[0].split(",")) {
        comma(json);
        quote(json, mode).append(':').append(
            judge.read(mode, fields[1].isEmpty() ? new String[0] : fields[1].split(","),
                Arrays.asList(fields).subList(2, fields.length)));
      }
      out.append(json).append("}\n").flush();
    }
  }

  private String read(String mode, String[] buckets, List<String> files) {
    try {
      Configuration conf = load(mode, files);
      boolean inFull = mode.equals("plain") || mode.equals("asWritten");
      return "{" + (inFull ? properties(conf) : "") + "\"buckets\":" + encryptions(conf, buckets) + "}";
    } catch (Throwable e) {
      return "{\"error\":" + quote(new StringBuilder(), cause(e)) + "}";
    }
  }

  private Configuration load(String mode, List<String> files) throws Exception {
    switch (mode) {
      case "plain": // a client that has S3A loaded
        deprecations.set(withS3a);
        return fromFiles(new Configuration(false), files);
      case "asWritten": // every property under the name that the files give it
        deprecations.set(none);
        return fromFiles(new Configuration(false), files);
      case "written": // written as XML (a job's job.xml) and read again
        deprecations.set(withS3a);
        return rewritten(fromFiles(new Configuration(false), files));
      case "writtenFirst": // the same, and the later files are added to what was read again
        deprecations.set(withS3a);
        return fromFiles(rewritten(fromFiles(new Configuration(false), files.subList(0, 1))),
            files.subList(1, files.size()));
      case "writtenBare": { // written by a client that has not loaded S3A, read by one that has
        deprecations.set(withoutS3a);
        byte[] xml = toXml(fromFiles(new Configuration(false), files));
        deprecations.set(withS3a);
        return fromXml(xml);
      }
      case "shipped": { // serialised as a Writable before S3A is loaded, read where it is
        deprecations.set(withoutS3a);
        byte[] bytes = toBytes(fromFiles(new Configuration(false), files));
        deprecations.set(withS3a);
        return fromBytes(bytes);
      }
      case "shippedLate": { // the same, and S3A is loaded only after it was read
        deprecations.set(withoutS3a);
        Configuration conf = fromBytes(toBytes(fromFiles(new Configuration(false), files)));
        deprecations.set(withS3a);
        conf.reloadConfiguration(); // what loading S3AFileSystem does to every configuration there is
        return conf;
      }
      default:
        throw new IllegalArgumentException("unknown mode " + mode);
    }
  }

  private static Configuration fromFiles(Configuration conf, List<String> files) {
    for (String file : files) {
      conf.addResource(new Path(file));
    }
    conf.size(); // reads them
    return conf;
  }

  private static Configuration rewritten(Configuration conf) throws Exception {
    return fromXml(toXml(conf));
  }

  private static byte[] toXml(Configuration conf) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    conf.writeXml(bytes);
    return bytes.toByteArray();
  }

  private static Configuration fromXml(byte[] xml) {
    Configuration conf = new Configuration(false);
    conf.addResource(new ByteArrayInputStream(xml), "written.xml");
    conf.size();
    return conf;
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

  private static String properties(Configuration conf) {
    Map<String, String> raw = new TreeMap<>();
    for (Map.Entry<String, String> entry : conf) {
      raw.put(entry.getKey(), entry.getValue());
    }
    StringBuilder json = new StringBuilder("\"properties\":{");
    StringBuilder expanded = new StringBuilder("\"expanded\":{");
    StringBuilder named = new StringBuilder("\"sources\":{");
    for (Map.Entry<String, String> entry : raw.entrySet()) {
      comma(json);
      quote(quote(json, entry.getKey()).append(':'), entry.getValue());
      String source = firstSource(conf.getPropertySources(entry.getKey()));
      if (source != null) {
        comma(named);
        quote(quote(named, entry.getKey()).append(':'), source);
      }
      if (entry.getValue().contains("$")) {
        comma(expanded);
        quote(quote(expanded, entry.getKey()).append(':'), expand(conf, entry.getKey()));
      }
    }
    json.append("},").append(expanded).append("},").append(named).append("},\"finals\":[");
    for (String name : new TreeSet<>(conf.getFinalParameters())) {
      comma(json);
      quote(json, name);
    }
    return json.append("],").toString();
  }

  /** The first that the file itself names; Hadoop adds the file's name. */
  private static String firstSource(String[] sources) {
    for (String source : sources == null ? new String[0] : sources) {
      if (!source.equals(sources[sources.length - 1])) {
        return source;
      }
    }
    return null;
  }

  String encryptions(Configuration conf, String[] buckets) {
    StringBuilder json = new StringBuilder("{");
    for (String bucket : buckets) {
      comma(json);
      quote(json, bucket).append(':').append(encryption(conf, bucket));
    }
    return json.append('}').toString();
  }

  private static String expand(Configuration conf, String name) {
    try {
      String value = conf.get(name);
      return value == null ? "" : value;
    } catch (RuntimeException e) {
      return cause(e);
    }
  }

  /** What S3AFileSystem.initialize would encrypt with, by the same steps. */
  private String encryption(Configuration conf, String bucket) {
    StringBuilder json = new StringBuilder("{");
    try {
      Configuration own = (Configuration) propagateBucketOptions.invoke(null, conf, bucket);
      patchSecurityCredentialProviders.invoke(null, own);
      Object method;
      Object key;
      Object context = null;
      if (has("buildEncryptionSecrets", BUCKET_AND_CONF)) { // 3.3.2 and later
        Object secrets = method("buildEncryptionSecrets", BUCKET_AND_CONF).invoke(null, bucket, own);
        method = secrets.getClass().getMethod("getEncryptionMethod").invoke(secrets);
        key = secrets.getClass().getMethod("getEncryptionKey").invoke(secrets);
        try {
          context = secrets.getClass().getMethod("getEncryptionContext").invoke(secrets);
        } catch (NoSuchMethodException e) {
          context = null; // before 3.5
        }
      } else if (has("getEncryptionAlgorithm", BUCKET_AND_CONF)) { // 3.0 to 3.3.1
        method = method("getEncryptionAlgorithm", BUCKET_AND_CONF).invoke(null, bucket, own);
        key = method("getServerSideEncryptionKey", BUCKET_AND_CONF).invoke(null, bucket, own);
      } else { // 2.10
        method = method("getEncryptionAlgorithm", CONF).invoke(null, own);
        key = method("getServerSideEncryptionKey", CONF).invoke(null, own);
      }
      quote(json.append("\"method\":"), String.valueOf(method));
      quote(json.append(",\"key\":"), key == null ? "" : key.toString());
      if (context != null && !context.toString().isEmpty()) {
        quote(json.append(",\"context\":"), context.toString());
      }
    } catch (Throwable e) {
      quote(json.append("\"error\":"), cause(e));
    }
    return json.append('}').toString();
  }

  private boolean has(String name, Class<?>[] parameters) {
    try {
      s3aUtils.getDeclaredMethod(name, parameters);
      return true;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  private Method method(String name, Class<?>[] parameters) throws NoSuchMethodException {
    Method method = s3aUtils.getDeclaredMethod(name, parameters);
    method.setAccessible(true);
    return method;
  }

  /** The innermost exception, in one line. */
  static String cause(Throwable e) {
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

  static StringBuilder quote(StringBuilder json, String text) {
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
