using System.Collections.Concurrent;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Turns;

/// <summary>The turns that hosts of this silo keep, by response id.</summary>
internal sealed class LocalTurns : ILocalTurns
{
    private readonly ConcurrentDictionary<string, ILocalTurn> _turns = new(StringComparer.Ordinal);

    public ILocalTurn? Find(string responseId) => _turns.GetValueOrDefault(responseId);

    public void Add(string responseId, ILocalTurn turn) => _turns[responseId] = turn;

    /// <summary>Forgets a turn, unless another has taken its id meanwhile.</summary>
    public void Remove(string responseId, ILocalTurn turn) => _turns.TryRemove(new(responseId, turn));
}
