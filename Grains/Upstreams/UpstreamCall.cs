using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams;

/// <summary>One call to an upstream.</summary>
/// <param name="Target">The model to ask.</param>
/// <param name="Turn">The turn: its tools, format and extensions.</param>
/// <param name="Context">The whole context, the new items last; the turn's instructions are not in it.</param>
/// <param name="Sampling">How the reply is to be made: as the caller wants it, within what the limits leave.</param>
/// <param name="Credential">The account to act as.</param>
/// <param name="ConversationId">
/// An upstream conversation of this account that already holds everything but the last item; then only that item is sent.
/// </param>
public sealed record UpstreamCall(
    Target Target,
    TurnRequest Turn,
    ImmutableArray<Item> Context,
    SamplingOptions Sampling,
    UpstreamCredential Credential,
    string? ConversationId = null
);
