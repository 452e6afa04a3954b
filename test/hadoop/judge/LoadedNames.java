import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Searches the jars of Hadoop and its engines for names of XML files: each string constant of a class that is a file's bare
 * name, or the end of one that is put together (`-default.xml`). Prints a line for each: the name, and its classes.
 */
public final class LoadedNames {
  private static final Pattern ENDS_AS_NAME = Pattern.compile("[-\\w.\\u0001]*\\.xml");
  private static final Pattern JARS =
      Pattern.compile("(hadoop|hive|spark|hbase|tez|hdds|ozone)-(?!shaded|thirdparty).*\\.jar");

  public static void main(String[] folders) throws IOException {
    Map<String, TreeSet<String>> names = new TreeMap<>();
    for (String folder : folders) {
      File[] jars = new File(folder).listFiles((parent, name) -> JARS.matcher(name).matches());
      Arrays.sort(jars);
      for (File jar : jars) {
        search(jar, names);
      }
    }
    names.forEach((name, classes) -> System.out.println(name.replace('\u0001', '*') + "\t" + String.join(",", classes)));
  }

  private static void search(File jar, Map<String, TreeSet<String>> names) throws IOException {
    try (ZipFile zip = new ZipFile(jar)) {
      for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements();) {
        ZipEntry entry = entries.nextElement();
        // Classes of others that a jar has taken in have folders of their own.
        if (!entry.getName().endsWith(".class") || !entry.getName().startsWith("org/apache/")) {
          continue;
        }
        try (InputStream in = zip.getInputStream(entry)) {
          for (String text : strings(new DataInputStream(new BufferedInputStream(in)))) {
            if (ENDS_AS_NAME.matcher(text).matches()) {
              String simple = entry.getName().replaceAll("^.*/|\\.class$", "");
              names.computeIfAbsent(text, any -> new TreeSet<>()).add(simple);
            }
          }
        }
      }
    }
  }

  /** The string constants of a class file (JVMS 4.4). */
  private static String[] strings(DataInputStream in) throws IOException {
    in.skipBytes(8);
    int count = in.readUnsignedShort();
    String[] texts = new String[count];
    int[] constants = new int[count];
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1:
          texts[i] = in.readUTF();
          break;
        case 8:
          constants[i] = in.readUnsignedShort();
          break;
        case 7: case 16: case 19: case 20:
          in.skipBytes(2);
          break;
        case 15:
          in.skipBytes(3);
          break;
        case 3: case 4: case 9: case 10: case 11: case 12: case 17: case 18:
          in.skipBytes(4);
          break;
        case 5: case 6: // takes two places
          in.skipBytes(8);
          i++;
          break;
        default:
          throw new IOException("unknown constant " + tag);
      }
    }
    return Arrays.stream(constants).filter(i -> i > 0).mapToObj(i -> texts[i]).toArray(String[]::new);
  }
}
