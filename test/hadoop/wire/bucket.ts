/**
 * A bucket with objects of which only encryption and size are kept, behind the store's own answers: as much of S3 as S3A needs to rename an object.
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
  /** Copies that were made in parts. */
  uploads: number;
  answer(request: Request, head: Head): string;
}

const sse = 'x-amz-server-side-encryption';
const sseKey = `${sse}-aws-kms-key-id`;
const etag = '"d41d8cd98f00b204e9800998ecf8427e"';
const modified = '2026-11-01T00:00:00.000Z';

/**
 * @param size of every object, in bytes; no body is ever asked for
 * @param policy decides over writes; without one, all pass
 */
export function makeBucket(size: number, policy?: BucketPolicy): Bucket {
  const objects = new Map<string, ObjectEncryption>();
  const started = new Map<string, ObjectEncryption>();
  const encryptionIn = (head: Head): ObjectEncryption => {
    const [algorithm, key] = [headerOf(head, sse), headerOf(head, sseKey)];
    return { ...(algorithm && { algorithm }), ...(key && { key }) };
  };
  const write = (name: string, head: Head): string => {
    objects.set(name, encryptionIn(head));
    return headerOf(head, 'x-amz-copy-source')
      ? toXmlMessage('CopyObjectResult', copied)
      : toMessage('200 OK', { etag });
  };
  /** An object that comes in parts has the encryption of the request that starts it. */
  const start = (name: string, head: Head): string => {
    started.set(name, encryptionIn(head));
    return toXmlMessage('InitiateMultipartUploadResult', '<UploadId>1</UploadId>');
  };
  const complete = (name: string): string => {
    objects.set(name, started.get(name) ?? {});
    bucket.uploads++;
    return toXmlMessage('CompleteMultipartUploadResult', `<ETag>${etag}</ETag>`);
  };
  const bucket: Bucket = {
    objects,
    uploads: 0,
    answer(request, head) {
      const { method, path } = request;
      const [where = '', query = ''] = path.split('?', 2);
      const name = nameIn(where, request.bucket);
      const words = new URLSearchParams(query);
      const object = objects.get(name);
      if (method === 'PUT' && words.has('partNumber')) return toXmlMessage('CopyPartResult', copied);
      if (method === 'POST' && words.has('uploadId')) return complete(name);
      if (method === 'PUT' || (method === 'POST' && words.has('uploads'))) {
        const denials = policy?.denials((header) => headerOf(head, header) || undefined) ?? [];
        if (denials.length > 0) return toDenial(denials);
        return method === 'PUT' ? write(name, head) : start(name, head);
      }
      if (method === 'DELETE') objects.delete(name);
      if (method !== 'HEAD' || object === undefined) return answer(request);
      return toHead(object, size);
    },
  };
  return bucket;
}

const copied = `<LastModified>${modified}</LastModified><ETag>${etag}</ETag>`;

/** Of `/bucket/name`, or of `/name` where the bucket stands in the host. */
function nameIn(path: string, bucket: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  return (parts[0] === bucket ? parts.slice(1) : parts).join('/');
}

function toHead({ algorithm, key }: ObjectEncryption, size: number): string {
  const encryption = { ...(algorithm && { [sse]: algorithm }), ...(key && { [sseKey]: key }) };
  const own = { etag, 'last-modified': new Date(modified).toUTCString(), 'content-type': 'application/octet-stream' };
  const head = toMessage('200 OK', { ...own, ...encryption });
  return head.replace('content-length: 0', `content-length: ${size}`);
}

function toXmlMessage(name: string, content: string): string {
  return toMessage('200 OK', { 'content-type': 'application/xml' }, `<${name}>${content}</${name}>`);
}

function toDenial(statements: readonly string[]): string {
  const body = `<Error><Code>AccessDenied</Code><Message>denied by ${statements.join(', ')}</Message></Error>`;
  return toMessage('403 Forbidden', { 'content-type': 'application/xml' }, body);
}
