using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;

namespace FlowGpt.Tests.Unit.Conversations;

/// <summary>A conversation of 5,000 items that is not in memory: each request reads only the records that it needs.</summary>
public sealed class ConversationStoreTests
{
    private const int Many = 5000;

    private readonly CountingStorage _storage = new();
    private readonly HeldHead _head = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task List_FirstPage_ReadsNothingElse(bool isAscending)
    {
        await FillAsync();

        var page = await NewStore().ListAsync(new ItemQuery(20, isAscending, null));

        Assert.Equal(isAscending ? "0" : $"{Many - 1}", page.Items[0].Id);
        Assert.Equal((20, true), (page.Items.Length, page.HasMore));
        Assert.InRange(_storage.Reads, 0, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task List_PageAfterPage_GivesEveryItemOnceAndInOrder(bool isAscending)
    {
        await FillAsync();
        _head.State.Skip = 3;
        var seen = new List<string>();
        for (ItemPage? page = null; page is not { HasMore: false }; seen.AddRange(page.Items.Select(static item => item.Id!)))
        {
            page = await NewStore().ListAsync(new ItemQuery(97, isAscending, seen.LastOrDefault()));
        }

        var expected = Enumerable.Range(3, Many - 3).Select(static id => $"{id}");
        Assert.Equal(isAscending ? expected : expected.Reverse(), seen);
        Assert.True((await NewStore().ListAsync(new ItemQuery(1, isAscending, "none"))).IsAfterUnknown);
    }

    [Fact]
    public async Task Append_ToManyItems_ReadsNothingAndWritesLittle()
    {
        await FillAsync();
        var store = NewStore();
        for (var i = Many; i < Many + 500; i++)
        {
            await store.AppendAsync([ItemOf(i)]);
            await store.WriteAsync();
        }

        var (reads, writes) = (_storage.Reads, _storage.Writes);
        await store.LoadAsync();

        Assert.Equal(0, reads);
        Assert.InRange(writes, 1, 100);
        Assert.Equal(Enumerable.Range(0, Many + 500).Select(static id => $"{id}"), store.State.Items.Select(static item => item.Id));
    }

    private async Task FillAsync()
    {
        var store = NewStore();
        await store.LoadAsync();
        store.State.Items.AddRange(Enumerable.Range(0, Many).Select(ItemOf));
        await store.WriteAsync();
        (_storage.Reads, _storage.Writes) = (0, 0);
    }

    private static MessageItem ItemOf(int id) => MessageItem.Of(MessageRole.User, $"text of item {id}") with { Id = $"{id}" };

    /// <summary>The store of a new activation: only the head is in memory.</summary>
    private ConversationStore NewStore()
    {
        _head.State.Items = [];
        return new(_head, _storage, "key/c/1", static _ => Task.CompletedTask, TimeSpan.Zero, TimeProvider.System, NullLogger.Instance);
    }

    private sealed class HeldHead : IPersistentState<ConversationState>
    {
        public ConversationState State { get; set; } = new();

        public string Etag => "";

        public bool RecordExists => true;

        public Task ClearStateAsync() => Task.CompletedTask;

        public Task WriteStateAsync() => Task.CompletedTask;

        public Task ReadStateAsync() => Task.CompletedTask;
    }

    private sealed class CountingStorage : IGrainStorage
    {
        private readonly Dictionary<GrainId, object?> _records = [];

        public int Reads { get; set; }

        public int Writes { get; set; }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Reads++;
            grainState.RecordExists = _records.TryGetValue(grainId, out var record);
            grainState.State = (T)record!;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Writes++;
            _records[grainId] = grainState.State;
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            _records.Remove(grainId);
            return Task.CompletedTask;
        }
    }
}
