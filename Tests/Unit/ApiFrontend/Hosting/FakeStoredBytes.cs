using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>Reports the stored bytes of a key that the test sets.</summary>
internal sealed class FakeStoredBytes : IStoredBytesGrain
{
    public StoredBytesUse Use { get; set; } = new(0, 67_108_864);

    public ValueTask<long?> Replace(StoredBytes before, StoredBytes after, bool mustFit) => new((long?)null);

    public ValueTask<StoredBytesUse> Get() => new(Use);

    public ValueTask<long?> Hold(string conversation, long bytes) => new((long?)null);
}
