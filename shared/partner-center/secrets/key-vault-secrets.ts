import type { TokenCredential } from '@azure/core-auth';
import { SecretClient } from '@azure/keyvault-secrets';
import type { SecretStore } from './secret-store';

/** Secrets in Azure Key Vault; set() makes a new version, so the old refresh token can still be looked up there. */
export function createKeyVaultSecrets(vaultUrl: string, credential: TokenCredential): SecretStore {
  const client = new SecretClient(vaultUrl, credential);
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
