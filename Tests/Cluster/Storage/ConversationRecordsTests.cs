using FlowGpt.Grains.Conversations.Sums;
using FlowGpt.Grains.Interfaces.Conversations;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Tests.Cluster.Storage;

/// <summary>The data file counts the records of conversations by client.</summary>
public sealed class ConversationRecordsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private EmbeddedSilo _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await EmbeddedSilo.StartAsync(_directory.Path);

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Read_RecordsOfTwoClients_AddsUpWhatBelongsToConversationsAndNothingElse()
    {
        await WriteAsync("conversation", "ann/c/one");
        await WriteAsync("conversation-page", "ann/c/one/p1/0");
        await WriteAsync("response", "ann/c/one/r1");
        await WriteAsync("response-chunk", "ann/c/one/r1/0");
        await WriteAsync("conversation", "ann/c/two");
        await WriteAsync("conversation", "bob/c/one");
        await WriteAsync("ledger", "ann/2026-01-01T00");
        await WriteAsync("pool", "ann/c/one");

        var (clients, isPartial) = await ReadAsync(1000);

        Assert.False(isPartial);
        Assert.Equal(
            [("ann", 2, 1, 5), ("bob", 1, 0, 1)],
            clients.Select(static client => (client.KeyId, client.Conversations, client.Responses, client.Records))
        );
        Assert.All(clients, static client => Assert.True(client.Bytes >= client.Records * 10 && client.LastWrite is not null));
    }

    [Fact]
    public async Task Read_OfMoreRecordsThanAreCounted_SaysSo()
    {
        for (var at = 0; at < 5; at++)
        {
            await WriteAsync("conversation", $"ann/c/{at}");
        }

        Assert.True((await ReadAsync(4)).IsPartial);
        Assert.False((await ReadAsync(5)).IsPartial);
    }

    private async Task<(IReadOnlyList<ClientConversations> Clients, bool IsPartial)> ReadAsync(int most)
    {
        var tally = new ConversationTally();
        var records = _silo.Services.GetRequiredService<IConversationRecords>();
        var isPartial = await records.ReadAsync(most, tally.Add, TestContext.Current.CancellationToken);
        return (tally.Sums(), isPartial);
    }

    private Task WriteAsync(string state, string key) =>
        _silo.Storage.WriteStateAsync(
            state,
            GrainId.Create(state, key),
            new GrainState<StoredRecord>(new StoredRecord { Text = "some text" })
        );
}
