using System.Collections.Immutable;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Turns;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>A request whose fields have all been checked, in the form that every dialect is read into. A dialect derives from it what only its renderers need.</summary>
internal record DialectRequest
{
    /// <summary>The model name that the client sent.</summary>
    public required string Model { get; init; }

    /// <summary>What is asked of the model.</summary>
    public required TurnContent Content { get; init; }

    /// <summary>Whether the response goes out as server-sent events.</summary>
    public bool Stream { get; init; }

    /// <summary>
    /// Types of the tools that only a provider of the client's dialect runs; a header of the response names them when another provider serves it, since they were left out.
    /// </summary>
    public ImmutableArray<string> BuiltIn { get; init; } = [];

    /// <summary>Types of the tools that reach no provider; the header names them always.</summary>
    public ImmutableArray<string> LeftOut { get; init; } = [];

    /// <summary>What the request says of what is stored; null when it says nothing.</summary>
    public StoreRequest? Storing { get; init; }

    /// <summary>What is wrong with a request that continues nothing stored; null when nothing is.</summary>
    public ApiError? WrongAlone { get; init; }

    /// <summary>Whether the answer is the response as it was accepted: it continues in the background.</summary>
    public bool AnswersAtOnce => !Stream && Storing is { IsBackground: true };

    /// <summary>The stored conversation that the body names, not yet checked; null when the body names none.</summary>
    public string? ConversationId { get; init; }

    /// <summary>The body's field that names <see cref="ConversationId"/>.</summary>
    public string? ConversationParam { get; init; }
}
