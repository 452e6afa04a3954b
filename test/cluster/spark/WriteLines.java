import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;

/** A job that says nothing about encryption: writes two lines to each folder that is named, and each line says which pod wrote it. */
public final class WriteLines {
  private WriteLines() {}

  public static void main(String[] folders) {
    try (JavaSparkContext spark = new JavaSparkContext(new SparkConf())) {
      for (String folder : folders) {
        spark
            .parallelize(List.of(1, 2), 2)
            .map(number -> number + " by executor " + SparkEnv.get().executorId() + " in " + System.getenv("HOSTNAME"))
            .saveAsTextFile(folder);
      }
    }
  }
}
