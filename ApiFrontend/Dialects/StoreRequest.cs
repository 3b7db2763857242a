using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>What a request says of what is stored: what it continues, and whether its response is kept.</summary>
internal sealed record StoreRequest
{
    /// <summary>What is kept of the response; null for a response that is not kept.</summary>
    public ResponseKeeping? Keeping { get; init; }

    /// <summary>The response that the request continues; null when it names none. Not yet checked.</summary>
    public string? Parent { get; init; }

    /// <summary>The conversation that the request belongs to; null when it names none. Not yet checked.</summary>
    public string? Conversation { get; init; }

    /// <summary>Whether the response was asked for in the background, so that no client waits for its end.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whether the input is the whole context, so that what a conversation of the client's own name holds is recognised in it.</summary>
    public bool TellsHistory { get; init; }

    /// <summary>Whether the request lacks what its <see cref="Parent"/> kept of its own request, see <see cref="IDialect.GoOn"/>.</summary>
    public bool InheritsShape { get; init; }

    /// <summary>Whether a context that is too long is refused; else its oldest turns are left out.</summary>
    public bool RefusesLongContext { get; init; }
}
