/**
 * A bucket with empty objects of which only the encryption is kept, behind the store's own answers: as much of S3 as S3A needs to rename an object.
 */
import type { BucketPolicy } from './bucket-policy.ts';
import { type Head, headerOf } from './request-heads.ts';
import { answer, type Request, toMessage } from './store.ts';

/** As S3 tells it in the headers of an object. */
export interface ObjectEncryption {
  readonly algorithm?: string;
  readonly key?: string;
}

export interface Bucket {
  /** By their names. */
  readonly objects: Map<string, ObjectEncryption>;
  answer(request: Request, head: Head): string;
}

const sse = 'x-amz-server-side-encryption';
const sseKey = `${sse}-aws-kms-key-id`;
const etag = '"d41d8cd98f00b204e9800998ecf8427e"';
const modified = 'Sun, 01 Nov 2026 00:00:00 GMT';

/** @param policy decides over writes; without one, all pass */
export function makeBucket(policy?: BucketPolicy): Bucket {
  const objects = new Map<string, ObjectEncryption>();
  const write = (name: string, head: Head): string => {
    const header = (wanted: string) => headerOf(head, wanted) || undefined;
    const denials = policy?.denials(header) ?? [];
    if (denials.length > 0) return toError('403 Forbidden', 'AccessDenied', `denied by ${denials.join(', ')}`);
    const source = header('x-amz-copy-source');
    if (source !== undefined && !objects.has(nameIn(decodeURIComponent(source))))
      return toError('404 Not Found', 'NoSuchKey', source);
    const [algorithm, key] = [header(sse), header(sseKey)];
    objects.set(name, { ...(algorithm !== undefined && { algorithm }), ...(key !== undefined && { key }) });
    if (source === undefined) return toMessage('200 OK', { etag });
    const copied = `<CopyObjectResult><LastModified>2026-11-01T00:00:00.000Z</LastModified><ETag>${etag}</ETag></CopyObjectResult>`;
    return toMessage('200 OK', { 'content-type': 'application/xml' }, copied);
  };
  return {
    objects,
    answer(request, head) {
      const name = nameIn(request.path.replace(/\?.*/s, ''), request.bucket);
      const object = objects.get(name);
      if (request.method === 'PUT') return write(name, head);
      if (request.method === 'DELETE') objects.delete(name);
      if (request.method !== 'HEAD' || object === undefined) return answer(request);
      const encryption = {
        ...(object.algorithm && { [sse]: object.algorithm }),
        ...(object.key && { [sseKey]: object.key }),
      };
      return toMessage('200 OK', { etag, 'last-modified': modified, ...encryption });
    },
  };
}

/** Of `/bucket/name`, or of `/name` where the bucket stands in the host. */
function nameIn(path: string, bucket?: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  return (bucket === undefined || parts[0] === bucket ? parts.slice(1) : parts).join('/');
}

function toError(status: string, code: string, message: string): string {
  const body = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return toMessage(status, { 'content-type': 'application/xml' }, body);
}
