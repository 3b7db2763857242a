using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Conversations;

/// <summary>How the pump left a turn.</summary>
/// <param name="Status">Completed, failed or cancelled.</param>
/// <param name="FinishReason">Why the text ended; set when completed.</param>
/// <param name="Error">What failed; set when failed.</param>
/// <param name="Sent">
/// Whether the upstream took a chat request, or may have: if not, no tokens are booked. One that it turned down with a status served nothing.
/// </param>
/// <param name="CachedTokens">Prompt tokens that were not sent because the upstream held them.</param>
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
    int CachedTokens = 0,
    UpstreamThread? Thread = null,
    string[]? Calls = null,
    bool Estimated = false
);
