// In place of the SDK's streams of events, which nothing here reads: see sdk.mjs.
export const resolveEventStreamSerdeConfig = (config) => config;
export const eventStreamSerdeProvider = undefined;
export const EventStreamSerde = undefined;
