import type { TokenCredential } from '@azure/identity';
import { SecretClient, type SecretClientOptions } from '@azure/keyvault-secrets';
import { startDeadline } from '#shared/partner-center/http/deadline';
import type { SecretStore } from './secret-store';

/** For a call with the repeats of the Azure SDK, which has no limit of its own. */
const TIMEOUT_SECONDS = 30;

/**
 * Secrets in Azure Key Vault; set() makes a new version, so that an old refresh token can still be looked up there.
 * `options` are those of the Azure SDK's client. A vault that does not answer in time is an error with code ETIMEDOUT.
 */
export function createKeyVaultSecrets(
  vaultUrl: string,
  credential: TokenCredential,
  options: SecretClientOptions = {},
): SecretStore {
  const client = new SecretClient(vaultUrl, credential, options);
  return {
    async get(name) {
      const { value } = await inTime((abortSignal) => client.getSecret(name, { abortSignal }));
      if (value === undefined) throw new Error(`the secret ${name} has no value`);
      return value;
    },
    async set(name, value) {
      await inTime((abortSignal) => client.setSecret(name, value, { abortSignal }));
    },
  };
}

async function inTime<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const { signal, stop } = startDeadline(TIMEOUT_SECONDS);
  try {
    return await work(signal);
  } catch (error) {
    throw signal.aborted ? Object.assign(new Error('the vault did not answer in time'), { code: 'ETIMEDOUT' }) : error;
  } finally {
    stop();
  }
}
