using System.Net;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Transport;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Admin.Conversations;

public sealed class ConversationEndpointTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_InPages_HasEachClientOnceAndTheSumsOfAll()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.Sums.Sums = new(
            DateTimeOffset.UnixEpoch,
            IsPartial: true,
            [.. Enumerable.Range(0, 5).Select(static at => new ClientConversations($"k{at}", at + 1, 0, at + 1, 100, null))]
        );
        using var http = host.NewClient();
        var admin = AdminClient.WithKey(http, FrontendHost.AdminKey);

        var first = await admin.Conversations.ListAsync(new() { Limit = 3 }, Cancelled);
        var second = await admin.Conversations.ListAsync(new() { Skip = 3, Limit = 3 }, Cancelled);
        var one = await admin.Conversations.ListAsync(new() { KeyId = "k1" }, Cancelled);

        Assert.Equal((5, 15, 500, true), (first.Total, first.Conversations, first.Bytes, first.IsPartial));
        Assert.Equal(["k0", "k1", "k2", "k3", "k4"], first.Clients.Concat(second.Clients).Select(static client => client.KeyId));
        Assert.Equal(("k1", 2, 1), (one.Clients.Single().KeyId, one.Conversations, one.Total));
    }

    [Fact]
    public async Task List_OverAStorageThatCannotCount_SaysSo()
    {
        await using var host = await FrontendHost.StartAsync();
        using var http = host.NewClient();
        var admin = AdminClient.WithKey(http, FrontendHost.AdminKey);

        var error = await Assert.ThrowsAsync<AdminException>(() => admin.Conversations.ListAsync(cancellationToken: Cancelled));

        Assert.Equal((HttpStatusCode.NotImplemented, "conversations_not_counted"), (error.Status, error.Code));
    }
}
