using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Models;

/// <summary>Asks an upstream what it offers. Thread-safe.</summary>
public interface IPersonaSearch
{
    /// <summary>Whether the upstream knows a persona; unknown when it does not answer clearly. Never throws but for cancellation.</summary>
    Task<PersonaState> LookAsync(string promptId, CancellationToken cancellationToken);

    /// <summary>What its search finds, best first, at most 20.</summary>
    /// <exception cref="IOException">The search failed; the message tells how, without what was sent or received.</exception>
    Task<ImmutableArray<Persona>> SearchAsync(string query, CancellationToken cancellationToken);
}
