// Replaces the SDK's chain of credential providers: see sdk.mjs.
import { fromEnv } from "@aws-sdk/credential-provider-env";

// A sandbox's environment never changes, and each call of AWS asks for credentials
// twice, which is 2 % of its time.
export const defaultProvider = (options) => {
  const provider = fromEnv(options);
  let credentials;
  return async () => {
    credentials ??= await provider();
    return credentials;
  };
};
