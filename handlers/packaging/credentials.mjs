// In place of the SDK's chain of credential providers: see sdk.mjs.
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
