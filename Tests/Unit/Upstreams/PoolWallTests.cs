using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Upstreams;

public sealed class PoolWallTests
{
    private static readonly string[] Pools = ["a", "b", "a/b", "A", ""];

    [Property(MaxTest = 500)]
    public async Task OnlyACallWithCredentialAndTargetOfThePool_IsSent(byte pool, byte credential, byte target)
    {
        var (own, account, asked) = (Pools[pool % 5], Pools[credential % 5], Pools[target % 5]);
        var inner = new Counting();
        var call = new EmbeddingCall(new Target(asked, "m"), "key", "\"x\"", null, Credential(account));

        var thrown = await Record.ExceptionAsync(() => new PoolEmbeddings(own, inner).EmbedAsync(call, CancellationToken.None));

        Assert.Equal(own == account && own == asked, thrown is null);
        Assert.Equal(thrown is null ? 1 : 0, inner.Calls);
        Assert.True(thrown is null or InvalidOperationException);
    }

    private static UpstreamCredential Credential(string pool) => new(pool, Empty, Empty);

    private static System.Collections.Immutable.ImmutableDictionary<string, string> Empty =>
        System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    private sealed class Counting : IEmbeddingUpstream
    {
        public int Calls { get; private set; }

        public Task<EmbeddingReply> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken)
        {
            Calls++;
            return Task.FromResult(new EmbeddingReply([], null, null));
        }
    }
}
