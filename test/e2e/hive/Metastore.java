import java.util.Collections;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.metastore.HiveMetaStoreClient;
import org.apache.hadoop.hive.metastore.api.Database;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf;

/**
 * A Hive metastore in this process, whose configuration folder stands first on the class path. It makes a database at the URI
 * that is the argument, and so its folder.
 */
public final class Metastore {
  private Metastore() {}

  public static void main(String[] args) throws Exception {
    Configuration conf = MetastoreConf.newMetastoreConf();
    try (HiveMetaStoreClient client = new HiveMetaStoreClient(conf)) {
      client.createDatabase(new Database("ledger", "", args[0], Collections.emptyMap()));
    }
    System.exit(0); // Derby and the metastore have threads that stay
  }
}
