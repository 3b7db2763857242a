namespace FlowGpt.Simulator.Behaviour;

/// <summary>
/// What only the OpenAI-compatible face does. Every setting is optional, and a narrower scope's setting wins, as in
/// <see cref="BehaviourSettings"/>.
/// </summary>
public sealed record OpenAiSettings
{
    /// <summary>Where a stream tells its usage. Default <see cref="UsagePosition.WhenAsked"/>.</summary>
    public UsagePosition? Usage { get; init; }

    /// <summary>Prompt tokens that usage tells as read from a cache; never more than the prompt has. Default 0.</summary>
    public int? CachedTokens { get; init; }

    /// <summary>Tokens of reasoning that is counted and not shown. Default 0.</summary>
    public int? HiddenReasoningTokens { get; init; }

    /// <summary>Reasoning that is shown before the reply. Default none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>How <see cref="Reasoning"/> is sent. Default <see cref="Behaviour.ReasoningField.ReasoningContent"/>.</summary>
    public ReasoningField? ReasoningField { get; init; }

    /// <summary>Refuse with this text instead of replying. Default none.</summary>
    public string? Refusal { get; init; }

    /// <summary>Tool calls to make, in this order, whether or not the request defines the tools. Default: what the request asks for.</summary>
    public IReadOnlyList<ScriptedCall>? Calls { get; init; }

    /// <summary>The <c>finish_reason</c> to tell instead of the true one; any text. Default the true one.</summary>
    public string? FinishReason { get; init; }

    /// <summary>A JSON object whose fields are added to every text delta and to whole messages. Default none.</summary>
    public string? ExtraFields { get; init; }

    /// <summary>How bodies are compressed, whatever the request's <c>Accept-Encoding</c> says. Default none.</summary>
    public ReplyCompression? Compression { get; init; }

    /// <summary>Send a comment before every event. Default false.</summary>
    public bool? Comments { get; init; }

    /// <summary>Write <c>data:</c> without the space. Default false.</summary>
    public bool? NoSpace { get; init; }

    /// <summary>Write and flush so many bytes at a time, wherever that cuts. Default 0: whole events.</summary>
    public int? SplitBytes { get; init; }

    /// <summary>Leave out <c>[DONE]</c>. Default false.</summary>
    public bool? OmitDone { get; init; }

    /// <summary>Never tell a <c>finish_reason</c>. Default false.</summary>
    public bool? OmitFinish { get; init; }

    /// <summary>Send a chunk with <c>choices: []</c> and no usage before every text delta. Default false.</summary>
    public bool? EmptyChoices { get; init; }

    /// <summary>Send a stream's headers at once, before <see cref="BehaviourSettings.FirstTokenDelay"/>. Default false.</summary>
    public bool? HeadersFirst { get; init; }

    /// <summary>Close the connection after each reply without having said so. Default false.</summary>
    public bool? CloseIdle { get; init; }

    /// <summary>Send <c>x-ratelimit-*</c> headers with the account's true figures. Default false.</summary>
    public bool? RateHeaders { get; init; }

    /// <summary>Headers to add to every response, also in place of true ones. Default none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>What the server does not take: such a request is refused with 400. Default nothing.</summary>
    public IReadOnlyList<RefusedField>? Refuse { get; init; }

    internal OpenAiSettings Over(OpenAiSettings? wider) =>
        wider is null
            ? this
            : new()
            {
                Usage = Usage ?? wider.Usage,
                CachedTokens = CachedTokens ?? wider.CachedTokens,
                HiddenReasoningTokens = HiddenReasoningTokens ?? wider.HiddenReasoningTokens,
                Reasoning = Reasoning ?? wider.Reasoning,
                ReasoningField = ReasoningField ?? wider.ReasoningField,
                Refusal = Refusal ?? wider.Refusal,
                Calls = Calls ?? wider.Calls,
                FinishReason = FinishReason ?? wider.FinishReason,
                ExtraFields = ExtraFields ?? wider.ExtraFields,
                Compression = Compression ?? wider.Compression,
                Comments = Comments ?? wider.Comments,
                NoSpace = NoSpace ?? wider.NoSpace,
                SplitBytes = SplitBytes ?? wider.SplitBytes,
                OmitDone = OmitDone ?? wider.OmitDone,
                OmitFinish = OmitFinish ?? wider.OmitFinish,
                EmptyChoices = EmptyChoices ?? wider.EmptyChoices,
                HeadersFirst = HeadersFirst ?? wider.HeadersFirst,
                CloseIdle = CloseIdle ?? wider.CloseIdle,
                RateHeaders = RateHeaders ?? wider.RateHeaders,
                Headers = Headers ?? wider.Headers,
                Refuse = Refuse ?? wider.Refuse,
            };
}
