import { RestError, type ContainerClient } from '@azure/storage-blob';

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

export function createBlobs(container: ContainerClient): Blobs {
  const find = async (path: string): Promise<StoredBlob | undefined> => {
    try {
      const { contentLength = 0, createdOn, metadata = {} } = await container.getBlobClient(path).getProperties();
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
        await container.getBlockBlobClient(path).uploadData(content, {
          blobHTTPHeaders: { blobContentType: contentType },
          metadata,
          conditions: { ifNoneMatch: '*' },
        });
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
