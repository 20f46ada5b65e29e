/** The partner whose tenant the sandbox imitates. Development values, public and good for nothing else. */
export const PARTNER = {
  tenantId: '11111111-1111-4111-8111-111111111111',
  domain: 'partner.example.com',
  name: 'Sandbox Partner',
  mpnId: '4391507',
  clientId: '22222222-2222-4222-8222-222222222222',
  clientSecret: 'sandbox-client-secret',
  refreshToken: 'sandbox-refresh-token',
  authorizationCode: 'sandbox-authorization-code',
  /** Agreed failure inputs: a consent given without MFA, and one that was withdrawn. */
  refreshTokenWithoutMfa: 'sandbox-refresh-token-no-mfa',
  revokedRefreshToken: 'sandbox-refresh-token-revoked',
  userId: '33333333-3333-4333-8333-333333333333',
  userPrincipalName: 'admin.agent@partner.example.com',
} as const;

/** Audiences that the login authority knows; the API itself accepts all but the retired one. */
export const AUDIENCES = {
  global: 'https://api.partnercenter.microsoft.com',
  china: 'https://partner.partnercenterapi.microsoftonline.cn',
  retired: 'https://graph.windows.net',
} as const;
