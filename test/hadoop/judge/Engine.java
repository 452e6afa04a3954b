import java.lang.reflect.Method;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** One engine, with classes of its own: its configuration as it makes it where it starts, and what S3A makes of that. */
public final class Engine implements Function<String[], String> {
  private final Judge judge;

  public Engine() throws Exception {
    judge = new Judge();
  }

  @Override
  public String apply(String[] line) {
    try {
      judge.deprecations.set(line[2].equals("before") ? judge.withS3a : judge.withoutS3a);
      Configuration conf = configure(line[0]);
      conf.size(); // reads the files
      if (line[2].equals("after")) {
        judge.deprecations.set(judge.withS3a);
        conf.reloadConfiguration(); // what loading S3AFileSystem does to every configuration there is
      }
      if (line.length > 5) {
        return write(conf, new Path(line[5]));
      }
      return "{\"buckets\":" + judge.encryptions(conf, line[3].isEmpty() ? new String[0] : line[3].split(",")) + "}";
    } catch (Throwable e) {
      return "{\"error\":" + Judge.quote(new StringBuilder(), Judge.cause(e)) + "}";
    }
  }

  private static String write(Configuration conf, Path path) throws Exception {
    try (FileSystem fs = FileSystem.newInstance(path.toUri(), conf)) {
      fs.create(path).close();
    }
    return "{\"buckets\":{}}";
  }

  /** Each as its engine's own start does it. */
  private static Configuration configure(String engine) throws Exception {
    switch (engine) {
      case "hadoop":
        return new Configuration();
      case "hdfs":
        return make("org.apache.hadoop.hdfs.HdfsConfiguration");
      case "mapreduce": // a job's client, which has a file system's configuration too
        make("org.apache.hadoop.hdfs.HdfsConfiguration");
        return make("org.apache.hadoop.mapred.JobConf");
      case "yarn":
        return make("org.apache.hadoop.yarn.conf.YarnConfiguration");
      case "yarn-node": { // NodeManager, whose configuration log aggregation writes with
        Configuration conf = make("org.apache.hadoop.yarn.conf.YarnConfiguration");
        Class<?> util = find("org.apache.hadoop.yarn.util.resource.ResourceUtils");
        Method reset = util.getDeclaredMethod("resetNodeResources"); // of the last folder
        reset.setAccessible(true);
        reset.invoke(null);
        util.getMethod("getNodeResourceInformation", Configuration.class).invoke(null, conf);
        return conf;
      }
      case "distcp":
        return (Configuration) call("org.apache.hadoop.tools.DistCp", "getDefaultConf");
      case "hive-metastore": // HiveMetaStore.main
        return (Configuration) call("org.apache.hadoop.hive.metastore.conf.MetastoreConf", "newMetastoreConf");
      case "hive-server2": // HiveServer2.main
        return hive("setLoadHiveServer2Config");
      case "hive-embedded": // a client with the metastore in its own process
        return hive("setLoadMetastoreConfig");
      case "hive-client":
        return make("org.apache.hadoop.hive.conf.HiveConf");
      case "spark": {
        Class<?> sparkConf = find("org.apache.spark.SparkConf");
        Class<?> util = find("org.apache.spark.deploy.SparkHadoopUtil");
        Object instance = util.getMethod("get").invoke(null);
        Object conf = sparkConf.getConstructor(boolean.class).newInstance(false);
        return (Configuration) util.getMethod("newConfiguration", sparkConf).invoke(instance, conf);
      }
      case "hbase":
        return (Configuration) call("org.apache.hadoop.hbase.HBaseConfiguration", "create");
      case "tez":
        return make("org.apache.tez.dag.api.TezConfiguration");
      case "ozone":
        return make("org.apache.hadoop.hdds.conf.OzoneConfiguration");
      default:
        throw new IllegalArgumentException("unknown engine " + engine);
    }
  }

  private static Class<?> find(String name) throws ClassNotFoundException {
    return Class.forName(name, true, Thread.currentThread().getContextClassLoader());
  }

  private static Configuration make(String name) throws Exception {
    return (Configuration) find(name).getConstructor().newInstance();
  }

  private static Configuration hive(String also) throws Exception {
    find("org.apache.hadoop.hive.conf.HiveConf").getMethod(also, boolean.class).invoke(null, true);
    return make("org.apache.hadoop.hive.conf.HiveConf");
  }

  private static Object call(String name, String method) throws Exception {
    Method declared = find(name).getDeclaredMethod(method);
    declared.setAccessible(true);
    return declared.invoke(null);
  }
}
