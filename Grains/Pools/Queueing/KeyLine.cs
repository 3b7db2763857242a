namespace FlowGpt.Grains.Pools.Queueing;

/// <summary>The waiting requests of one client key, oldest first.</summary>
internal sealed class KeyLine(string key)
{
    public string Key { get; } = key;

    public LinkedList<Ticket> Tickets { get; } = new();
}
