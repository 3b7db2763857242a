namespace FlowGpt.ApiFrontend.Telemetry;

internal sealed partial class RequestReporter
{
    [LoggerMessage(
        EventId = 1000,
        Level = LogLevel.Information,
        Message = "{RequestId} {Operation} {Outcome} {Status} {ErrorCode} key {KeyId} model {Model} response {ResponseId} stream {Streamed} "
            + "account {Account} attempts {Attempts} tokens {PromptTokens}+{CompletionTokens} cached {CachedTokens} "
            + "queued {QueuedMs} ms first {FirstTokenMs} ms total {TotalMs} ms"
    )]
    private partial void LogRequest(
        string requestId,
        string operation,
        string outcome,
        int status,
        string? errorCode,
        string? keyId,
        string? model,
        string? responseId,
        bool streamed,
        string? account,
        int attempts,
        int promptTokens,
        int completionTokens,
        int cachedTokens,
        long queuedMs,
        long? firstTokenMs,
        long totalMs
    );
}
