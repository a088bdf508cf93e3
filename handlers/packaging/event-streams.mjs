// Replaces the SDK's event streams, which the functions never read: see sdk.mjs.
export const resolveEventStreamSerdeConfig = (config) => config;
export const eventStreamSerdeProvider = undefined;
export const EventStreamSerde = undefined;
