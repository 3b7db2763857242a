namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>A Messages request.</summary>
internal sealed record MessagesRequest : DialectRequest;
