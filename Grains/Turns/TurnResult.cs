using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Turns;

/// <summary>How a turn's attempts ended.</summary>
/// <param name="Status">Completed, failed or cancelled.</param>
/// <param name="FinishReason">Why the text ended; set when completed.</param>
/// <param name="Error">What failed; set when failed.</param>
/// <param name="Sent">
/// Whether the upstream took a chat request, or may have: if not, no tokens are booked. A request that it refused with a status served nothing.
/// </param>
/// <param name="Usage">The tokens of prompt and reply.</param>
/// <param name="Thread">The upstream conversation that now holds context and reply exactly; null if none does.</param>
/// <param name="Calls">The account of each chat request that may have been sent, in order.</param>
/// <param name="Estimated">
/// Whether it is not known if the upstream took one of them: it broke off, or was stopped, before any answer. Then the prompt is booked, as
/// an estimate.
/// </param>
internal sealed record TurnResult(
    ResponseStatus Status,
    FinishReason? FinishReason = null,
    TurnError? Error = null,
    bool Sent = false,
    TokenUsage Usage = default,
    UpstreamThread? Thread = null,
    string[]? Calls = null,
    bool Estimated = false
);
