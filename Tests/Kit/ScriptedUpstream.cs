using System.Collections.Concurrent;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Kit;

/// <summary>An upstream whose calls follow a test's scripts, in order. A call without a script throws, so that the turn fails as by a defect.</summary>
internal sealed class ScriptedUpstream : IUpstream
{
    private readonly ConcurrentQueue<UpstreamScript> _prepared = new();

    public bool KeepsConversations { get; set; }

    /// <summary>Calls made so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Prepares the next call.</summary>
    public UpstreamScript Next()
    {
        var call = new UpstreamScript();
        _prepared.Enqueue(call);
        return call;
    }

    public Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        Calls++;
        return _prepared.TryDequeue(out var next)
            ? next.OpenAsync(call, cancellationToken)
            : throw new InvalidOperationException("The test prepared no further upstream call.");
    }

    public void Reset()
    {
        _prepared.Clear();
        KeepsConversations = false;
        Calls = 0;
    }
}
