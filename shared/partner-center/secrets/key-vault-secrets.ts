import type { TokenCredential } from '@azure/core-auth';
import { SecretClient, type SecretClientOptions } from '@azure/keyvault-secrets';
import type { SecretStore } from './secret-store';

/**
 * Secrets in Azure Key Vault; set() makes a new version, so that an old refresh token can still be looked up there.
 * `options` are those of the Azure SDK's client.
 */
export function createKeyVaultSecrets(
  vaultUrl: string,
  credential: TokenCredential,
  options: SecretClientOptions = {},
): SecretStore {
  const client = new SecretClient(vaultUrl, credential, options);
  return {
    async get(name) {
      const { value } = await client.getSecret(name);
      if (value === undefined) throw new Error(`the secret ${name} has no value`);
      return value;
    },
    async set(name, value) {
      await client.setSecret(name, value);
    },
  };
}
