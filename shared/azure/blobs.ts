import { RestError, type ContainerClient } from '@azure/storage-blob';
import { inTime } from './in-time';

/** A stored document. */
export interface StoredBlob {
  path: string;
  /** Bytes. */
  size: number;
  createdAt: Date;
  metadata: Record<string, string>;
}

/** A container of documents that are written once and never change. */
export interface Blobs {
  /** Writes the document unless there is one of that name; returns whichever is stored afterwards. */
  putOnce(path: string, content: Buffer, contentType: string, metadata: Record<string, string>): Promise<StoredBlob>;
  find(path: string): Promise<StoredBlob | undefined>;
}

/** For a whole document of many megabytes. */
const UPLOAD_SECONDS = 120;

export function createBlobs(container: ContainerClient): Blobs {
  const find = async (path: string): Promise<StoredBlob | undefined> => {
    try {
      const {
        contentLength = 0,
        createdOn,
        metadata = {},
      } = await inTime((abortSignal) => container.getBlobClient(path).getProperties({ abortSignal }));
      return { path, size: contentLength, createdAt: createdOn ?? new Date(0), metadata };
    } catch (error) {
      if (error instanceof RestError && error.statusCode === 404) return undefined;
      throw error;
    }
  };
  return {
    find,
    async putOnce(path, content, contentType, metadata) {
      try {
        await inTime(
          (abortSignal) =>
            container.getBlockBlobClient(path).uploadData(content, {
              abortSignal,
              blobHTTPHeaders: { blobContentType: contentType },
              metadata,
              conditions: { ifNoneMatch: '*' },
            }),
          UPLOAD_SECONDS,
        );
      } catch (error) {
        const isThere = error instanceof RestError && (error.statusCode === 409 || error.statusCode === 412);
        if (!isThere) throw error;
      }
      const stored = await find(path);
      if (!stored) throw new Error(`Blob ${path} was written and can't be read.`);
      return stored;
    },
  };
}

/** Reads the container's properties: whether it can be reached, and is there. */
export function createContainerProbe(container: ContainerClient): () => Promise<void> {
  return async () => {
    await inTime((abortSignal) => container.getProperties({ abortSignal }));
  };
}
