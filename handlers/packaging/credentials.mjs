// In place of the SDK's chain of credential providers: see sdk.mjs.
import { fromEnv } from "@aws-sdk/credential-provider-env";

export const defaultProvider = fromEnv;
