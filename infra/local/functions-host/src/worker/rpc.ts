/**
 * The part of the host-worker protocol that `@azure/functions` speaks (FunctionRpc.proto of azure-functions-language-worker-protobuf).
 */

/** A value on its way between host and function; exactly one member is set. */
export interface TypedData {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  http?: RpcHttp;
  int?: number;
  double?: number;
  collectionString?: { string: string[] };
  collectionBytes?: { bytes: Uint8Array[] };
}

export interface NullableString {
  value: string;
}

export interface RpcHttp {
  url?: string;
  method?: string;
  nullableHeaders?: Record<string, NullableString>;
  nullableQuery?: Record<string, NullableString>;
  nullableParams?: Record<string, NullableString>;
  statusCode?: string;
  headers?: Record<string, string>;
  cookies?: RpcCookie[];
  body?: TypedData | null;
}

export interface RpcCookie {
  name?: string;
  value?: string;
  domain?: { value?: string };
  path?: { value?: string };
  expires?: { value?: { seconds?: number } };
  secure?: { value?: boolean };
  httpOnly?: { value?: boolean };
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  maxAge?: { value?: number };
}

export interface RetryContext {
  retryCount: number;
  maxRetryCount: number;
  exception?: { message: string; source: string; stackTrace: string };
}

export interface InvocationRequest {
  invocationId: string;
  functionId: string;
  inputData: { name: string; data: TypedData }[];
  triggerMetadata: Record<string, TypedData>;
  traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> };
  retryContext?: RetryContext;
}

export interface InvocationResponse {
  invocationId: string;
  returnValue?: TypedData | null;
  outputData?: { name: string; data: TypedData }[];
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system' | 'customMetric';

export type FunctionCallback = (...args: unknown[]) => unknown;
export type HookCallback = (context: object) => unknown;

/** What a function app registers for one function. */
export interface FunctionMetadata {
  name: string;
  functionId?: string;
  bindings: Record<string, Record<string, unknown>>;
  retryOptions?: unknown;
}

/** What the host gives the library for one invocation. */
export interface CoreInvocationContext {
  invocationId: string;
  request: InvocationRequest;
  metadata: FunctionMetadata;
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';
  log(level: LogLevel, category: LogCategory, message: string): void;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: object; inputs: unknown[] }>;
  invokeFunction(context: object, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<InvocationResponse>;
}

/** What the library gives the host. */
export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}
