import type { LogLevel } from '#log/log';

/**
 * The part of the protocol between host and worker that `@azure/functions` speaks
 * (FunctionRpc.proto of azure-functions-language-worker-protobuf).
 */

/** A value on its way between host and function; exactly one member is set. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly http?: RpcHttp;
  readonly int?: number;
  readonly double?: number;
  readonly collectionString?: { readonly string: readonly string[] };
  readonly collectionBytes?: { readonly bytes: readonly Uint8Array[] };
}

export interface NullableString {
  readonly value: string;
}

export interface RpcHttp {
  readonly url?: string;
  readonly method?: string;
  readonly nullableHeaders?: Readonly<Record<string, NullableString>>;
  readonly nullableQuery?: Readonly<Record<string, NullableString>>;
  readonly nullableParams?: Readonly<Record<string, NullableString>>;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly RpcCookie[];
  readonly body?: TypedData | null;
}

export interface RpcCookie {
  readonly name?: string;
  readonly value?: string;
  readonly domain?: { readonly value?: string };
  readonly path?: { readonly value?: string };
  readonly expires?: { readonly value?: { readonly seconds?: number } };
  readonly secure?: { readonly value?: boolean };
  readonly httpOnly?: { readonly value?: boolean };
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  readonly maxAge?: { readonly value?: number };
}

/** Which attempt of a function with a retry policy this is; `exception` is what the attempt before it threw. */
export interface RetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception?: { readonly message: string; readonly source: string; readonly stackTrace: string };
}

export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: {
    readonly traceParent: string;
    readonly traceState: string;
    readonly attributes: Readonly<Record<string, string>>;
  };
  readonly retryContext?: RetryContext;
}

export interface InvocationResponse {
  readonly invocationId: string;
  readonly returnValue?: TypedData | null;
  readonly outputData?: readonly { readonly name: string; readonly data: TypedData }[];
}

export type LogCategory = 'user' | 'system' | 'customMetric';

export type FunctionCallback = (...args: unknown[]) => unknown;
export type HookCallback = (context: object) => unknown;

/** What a function app registers for one function. */
export interface FunctionMetadata {
  readonly name: string;
  readonly functionId?: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly retryOptions?: unknown;
}

/** What the host gives the library for one invocation. */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';
  log(level: LogLevel, category: LogCategory, message: string): void;
}

interface InvocationModel {
  getArguments(): Promise<{ readonly context: object; readonly inputs: unknown[] }>;
  invokeFunction(context: object, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<InvocationResponse>;
}

/** What the library gives the host. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}
