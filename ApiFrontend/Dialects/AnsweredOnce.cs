namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>The ids of tool calls that have a result, over an input in its order. Models that number their calls use an id again for a later call.</summary>
internal sealed class AnsweredOnce
{
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);

    /// <summary>Notes a call: its next result is the first.</summary>
    public void Call(string id) => _answered.Remove(id);

    /// <summary>Notes a result. False when the call has a result already.</summary>
    public bool Result(string id) => _answered.Add(id);
}
