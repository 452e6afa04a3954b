/**
 * Hand-made properties files: how people write them, and ways past a rule that would only cut `spark.hadoop.` names and
 * append ours. The numbers are those of the rows of the table in test/cases/spark/README.md.
 */

export interface Attempt {
  readonly name: string;
  readonly text: string;
}

const algorithm = 'spark.hadoop.fs.s3a.encryption.algorithm';
const key = 'spark.hadoop.fs.s3a.encryption.key';
const lake = 'spark.sql.catalog.lake';
const iceberg = `${lake}=org.apache.iceberg.spark.SparkCatalog\n`;

const texts: Readonly<Record<string, string>> = {
  empty: '',
  'no line end': 'spark.master=local',
  'blank lines': '\n\n\r\n',
  'comments only': '# a\n! b',
  'other encryption of the same kind': `${algorithm}=AES256\n`,
  'already as assigned': `${algorithm} SSE-KMS\n${key} arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01\n`,
  'legacy names':
    'spark.hadoop.fs.s3a.server-side-encryption-algorithm=AES256\nspark.hadoop.fs.s3a.server-side-encryption.key=x',
  'the dash': 'spark.hadoop.fs.s3a.server-side-encryption-key=x',
  'a duplicate': `${key}=one\n${key}=two`,
  'per bucket':
    'spark.hadoop.fs.s3a.bucket.b1.encryption.algorithm=AES256\nspark.hadoop.fs.s3a.bucket.b1.encryption.key=x',
  'per bucket, long': 'spark.hadoop.fs.s3a.bucket.my.bucket.fs.s3a.server-side-encryption.key=x',
  'written by Spark':
    '#Java properties built from Kubernetes config map\nspark.master=k8s\\://https\\://kubernetes.default.svc\nspark.driver.port=7078\n',
  CRLF: `spark.master=local\r\n${algorithm}=AES256\r\nspark.app.name=x\r\n`,
  CR: `spark.master=local\r${algorithm}=AES256\rspark.app.name=x`,
  'over two lines': `spark.hadoop.fs.s3a.\\\n    encryption.key : x`,
  'escaped name': 'spark.hadoop.fs.s3a.encryption.\\u006bey=x\n\\u0073park.hadoop.fs.s3a.bucket.b1.encryption.key=y',
  '1 a blank behind the name': `${key}\\ =mine\n${algorithm}\\u0020=AES256`,
  '1 blanks before the Hadoop name':
    'spark.hadoop.\\ fs.s3a.encryption.key=mine\nspark.hadoop.\\u0000fs.s3a.encryption.algorithm=AES256',
  '1 control characters': `${key}\\u0001\\u001f=mine`,
  '1 a no-break space is none': `${key}\\u00a0=mine`,
  '1 by accident': `${key}\\ =\\ mine\n`,
  '2 Java options': 'spark.driver.extraJavaOptions=-Dspark.hadoop.fs.s3a.bucket.b1.encryption.key=mine',
  '2 Java options, quoted':
    'spark.driver.defaultJavaOptions=-Xmx1g -D"spar"k."hadoop".fs.s3a.encryption.algorithm=AES256',
  '2 Java options as assigned': `spark.driver.extraJavaOptions=-D${algorithm}=SSE-KMS`,
  '2 an argument file': 'spark.driver.extraJavaOptions=@/opt/spark/conf/options',
  '2 a file of VM options': 'spark.driver.extraJavaOptions -XX:VMOptionsFile=/x',
  '2 a class path': 'spark.driver.extraJavaOptions -cp /x',
  '2 tuning': 'spark.driver.extraJavaOptions -Xss4m -XX:+UseG1GC',
  '3 clear text fallback': 'spark.hadoop.hadoop.security.credential.clear-text-fallback=false',
  '3 a credential store': 'spark.hadoop.hadoop.security.credential.provider.path=jceks://file/nowhere',
  '4 Iceberg by Hadoop': `${iceberg}${lake}.hadoop.fs.s3a.encryption.key=mine\n${lake}.hadoop.fs.s3a.encryption.algorithm\\ =AES256`,
  '4 any catalog by Hadoop': `${lake}=org.example.Catalog\n${lake}.hadoop.fs.s3a.bucket.b1.encryption.algorithm=AES256`,
  '4 clear text by a catalog': `${iceberg}${lake}.hadoop.hadoop.security.credential.clear-text-fallback=FALSE`,
  '4 Paimon': `${lake}=org.apache.paimon.spark.SparkCatalog\n${lake}.s3.encryption.algorithm=AES256\n${lake}.fs.s3a.encryption.key=mine\n${lake}.s3a.bucket.b1.encryption.key=mine`,
  '4 Paimon behind what looks like Iceberg': `${iceberg}${lake}=org.apache.paimon.spark.SparkCatalog\n${lake}.s3.sse.type=none\n${lake}.s3.encryption.key\\ =mine`,
  '5 Iceberg in lower case': `${iceberg}${lake}.s3.sse.type=none`,
  '5 Iceberg in any case': `${iceberg}${lake}.S3.SSE.Type=s3\n${lake}.s3.sse.KEY=mine`,
  '5 Iceberg in Unicode': `${iceberg}${lake}.s3.\\u017fse.type=s3\n${lake}.s3.sse.\\u212aey=mine`,
  '5 Iceberg, dsse': `${iceberg}${lake}.s3.sse.type=dsse-kms\n${lake}.s3.sse.key=mine`,
  '5 Iceberg, custom': `${iceberg}${lake}.s3.sse.type=custom\n${lake}.s3.sse.key=x\n${lake}.s3.sse.md5=y`,
  '5 the session catalog': 'spark.sql.catalog.spark_catalog=org.apache.iceberg.spark.SparkSessionCatalog\n',
  '5 two catalogs': `${iceberg}spark.sql.catalog.b=org.apache.iceberg.spark.SparkCatalog\nspark.sql.catalog.b.type=hadoop\n`,
  '5 declared elsewhere': `${lake}.s3.sse.type=none`,
  '5 an odd name': 'spark.sql.catalog.l(a|o)ke=org.apache.iceberg.spark.SparkCatalog\n',
  '5 another client': `${iceberg}${lake}.io-impl=org.example.FileIO`,
  '6 an odd backslash at the end': 'spark.app.name=x\\',
  '6 three of them': 'spark.app.name=x\\\\\\',
  '6 an even number': 'spark.app.name=x\\\\',
  '6 with a line end': 'spark.app.name=x\\\n',
  '6 with CRLF': 'spark.app.name=x\\\r\n',
  '6 with blanks': 'spark.app.name=x\\\n   ',
  '6 and nothing else': '\\',
  '6 a comment': '# spark\\',
  '7 executors': 'spark.executor.extraJavaOptions=-D"spark.hadoop".fs.s3a.encryption.key=mine',
  '7 a variable': 'spark.executorEnv.JAVA_TOOL_OPTIONS=-Dspark.hadoop.fs.s3a.encryption.key=mine',
  '7 a folder': 'spark.executorEnv.HADOOP_CONF_DIR=/mine',
  '7 a class path': 'spark.executor.extraClassPath=/opt/a.jar:/mine',
  '7 jars alone': 'spark.executor.extraClassPath=/opt/a.jar:/opt/jars/*',
  '8 files': 'spark.files=/x/core-site.xml',
  '8 jars': 'spark.jars=https://example.com/__spark_hadoop_conf__.xml',
  '8 archives': 'spark.archives=/x/any.xml#__spark_hadoop_conf__.xml',
  '8 others': 'spark.files=/x/log4j2.xml,/x/site.xml',
  'SSE-C': `${algorithm}=SSE-C\n${key}=Abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG=`,
  'CSE by a variable': `spark.my=CSE-KMS\n${algorithm}=\${spark.my}`,
  'client-side encryption': 'spark.hadoop.fs.s3a.encryption.cse.kms.region=us-west-2',
  context: 'spark.hadoop.fs.s3a.encryption.context=a=b',
  'inert names':
    'Spark.hadoop.fs.s3a.encryption.key=x\nspark.Hadoop.fs.s3a.encryption.key=x\nspark.hadoop.FS.s3a.encryption.key=x\nspark.hadoop.spark.hadoop.fs.s3a.encryption.key=x\nfs.s3a.encryption.key=x\nspark.hive.fs.s3a.encryption.key=x',
  'a malformed escape': `spark.app.name=\\u12\n${key}=x`,
  'a malformed escape in a comment': `#\\u12\n${key}=x`,
  'a byte order mark': `\ufeff${key}=x\n`,
  'names of objects': '__proto__=x\nconstructor=y\nspark.sql.catalog.__proto__=org.apache.iceberg.spark.SparkCatalog\n',
  'an earlier block': `a=b\n\n\n# KmsKeyAssignment/old\n${algorithm}=SSE-KMS\n${key}=arn:aws:kms:us-west-2:360379543683:key/00000000-0000-0000-0000-000000000000\nspark.hadoop.fs.s3a.bucket.b2.encryption.key=x\n`,
  'an earlier block in the middle': `a=b\\\n\n# KmsKeyAssignment/old\n${algorithm}=SSE-KMS\nc=d\n`,
  'a marker alone': '# KmsKeyAssignment/old',
};

export function readAttempts(): Attempt[] {
  return Object.entries(texts).map(([name, text]) => ({ name, text }));
}
