import type { OnOdd } from './odd-record';
import type { ApiRequest, Call } from './request';

/** A successful (2xx) answer, read whole. */
interface ApiAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** The parsed JSON, see parse-json.ts for its numbers; undefined for an empty body. */
  readonly body: unknown;
}

/** A successful answer whose body is still on its way: read it to its end, or destroy it. */
interface ApiDownload {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly stream: NodeJS.ReadableStream;
}

/**
 * The one way to Partner Center. Both functions throw a PartnerCenterError for anything but a 2xx answer.
 * Tests wrap it to make calls fail before or after they have had their effect.
 */
export interface Transport {
  send(request: ApiRequest, call: Call): Promise<ApiAnswer>;
  download(request: ApiRequest, call: Call): Promise<ApiDownload>;
  /** Is told of records that lists leave out because they can't be read; of each list, of the first few. */
  readonly onOdd?: OnOdd | undefined;
}
