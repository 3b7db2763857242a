using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using Orleans.Storage;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Reads and writes the records of a conversation's kept responses: a head, chunks of events and pages of input. Chunks and pages are written once; the head that tells
/// their number is written after them.
/// </summary>
internal sealed class ResponseStore(IGrainStorage storage, string conversation)
{
    public const string HeadState = "response";
    public const string ChunkState = "response-chunk";
    public const string InputState = "response-input";

    /// <summary>Reads a head; its record does not exist when there is no such response.</summary>
    public async Task<GrainState<ResponseRecord>> ReadHeadAsync(string responseId)
    {
        var head = new GrainState<ResponseRecord>();
        await storage.ReadStateAsync(HeadState, IdOf(HeadState, responseId), head);
        return head;
    }

    public Task WriteHeadAsync(GrainState<ResponseRecord> head) =>
        storage.WriteStateAsync(HeadState, IdOf(HeadState, head.State!.ResponseId), head);

    public Task WriteChunkAsync(string responseId, int chunk, ResponseEvents events) =>
        storage.WriteStateAsync(
            ChunkState,
            IdOf(ChunkState, $"{responseId}/{chunk}"),
            new GrainState<ResponseChunk>(new() { Bytes = events.Bytes, Heads = events.Heads })
        );

    /// <summary>Writes the turn's input into pages; what the head is to hold of them is set in <paramref name="head"/>.</summary>
    public async Task WriteInputAsync(ResponseRecord head, ImmutableArray<Item> input)
    {
        var plan = PagePlan.For([], 0, 0, input.AsSpan());
        foreach (var page in plan.New)
        {
            var records = PageRecords.Split(page);
            for (var record = 0; record < records.Count; record++)
            {
                var id = IdOf(InputState, $"{head.ResponseId}/{head.InputPages.Count}/{record}");
                await storage.WriteStateAsync(InputState, id, new GrainState<ConversationPage>(records[record]));
            }

            head.InputPages.Add(records.Count);
        }

        head.InputTail = [.. plan.Tail];
    }

    /// <summary>The events of a response as far as they were written.</summary>
    public async Task<ResponseEvents> ReadEventsAsync(ResponseRecord head)
    {
        List<ResponseChunk> chunks = [];
        for (var chunk = 0; head.Outcome is null || chunk < head.Chunks; chunk++)
        {
            var record = new GrainState<ResponseChunk>();
            await storage.ReadStateAsync(ChunkState, IdOf(ChunkState, $"{head.ResponseId}/{chunk}"), record);
            if (!record.RecordExists)
            {
                break;
            }

            chunks.Add(record.State!);
        }

        return new([.. chunks.SelectMany(static chunk => chunk.Bytes)], [.. chunks.SelectMany(static chunk => chunk.Heads)]);
    }

    /// <summary>The turn's own input.</summary>
    public async Task<ImmutableArray<Item>> ReadInputAsync(ResponseRecord head)
    {
        var items = ImmutableArray.CreateBuilder<Item>();
        for (var page = 0; page < head.InputPages.Count; page++)
        {
            var records = new List<ConversationPage>();
            for (var record = 0; record < head.InputPages[page]; record++)
            {
                var state = new GrainState<ConversationPage>();
                await storage.ReadStateAsync(InputState, IdOf(InputState, $"{head.ResponseId}/{page}/{record}"), state);
                records.Add(state.State ?? new());
            }

            items.AddRange(PageRecords.Join(records));
        }

        items.AddRange(head.InputTail);
        return items.DrainToImmutable();
    }

    /// <summary>Removes every record of a response, the head first: what is left after a failure is named by no record and ends with its retention.</summary>
    public async Task RemoveAsync(GrainState<ResponseRecord> head)
    {
        var record = head.State!;
        var (id, ended, chunks, pages) = (record.ResponseId, record.Outcome is not null, record.Chunks, record.InputPages);
        await storage.ClearStateAsync(HeadState, IdOf(HeadState, id), head);
        for (var chunk = 0; !ended || chunk < chunks; chunk++)
        {
            if (!await ClearAsync<ResponseChunk>(ChunkState, $"{id}/{chunk}"))
            {
                break;
            }
        }

        for (var page = 0; page < pages.Count; page++)
        {
            for (var part = 0; part < pages[page]; part++)
            {
                await ClearAsync<ConversationPage>(InputState, $"{id}/{page}/{part}");
            }
        }
    }

    private async Task<bool> ClearAsync<T>(string state, string name)
        where T : class, new()
    {
        var record = new GrainState<T>();
        await storage.ReadStateAsync(state, IdOf(state, name), record);
        if (!record.RecordExists)
        {
            return false;
        }

        await storage.ClearStateAsync(state, IdOf(state, name), record);
        return true;
    }

    private GrainId IdOf(string state, string name) => GrainId.Create(state, $"{conversation}/{name}");
}
