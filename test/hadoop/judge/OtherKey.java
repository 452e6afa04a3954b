import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.s3a.S3AFileSystem;

/** What somebody names as `fs.s3a.impl` who brings a class of his own: S3A with the key of `other.key`. */
public final class OtherKey extends S3AFileSystem {
  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    conf.set("fs.s3a.server-side-encryption.key", conf.get("other.key"));
    conf.set("fs.s3a.encryption.key", conf.get("other.key"));
    super.initialize(name, conf);
  }
}
