using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Storage;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.ApiFrontend.Turns;

public sealed class StoredPlacesTests
{
    /// <summary>A conversation whose usage cannot be booked refuses its deletion so.</summary>
    [Fact]
    public async Task Ask_StorageStaysAway_IsAFailureThatPasses()
    {
        var time = new FakeTimeProvider();
        var places = new StoredPlaces(null!, null!, time, Options.Create(new FrontendOptions()));
        var asked = 0;
        var asking = places
            .AskAsync<bool>(
                () =>
                {
                    asked++;
                    throw new StorageUnavailableException("What the conversation used cannot be booked now.");
                },
                TestContext.Current.CancellationToken
            )
            .AsTask();

        await Soon.Becomes(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return new ValueTask<bool>(asking.IsCompleted);
            },
            static isOver => isOver,
            "it is asked no more"
        );

        var (deleted, error) = await asking;
        Assert.Equal((false, 503, 4), (deleted, error!.Status, asked));
    }
}
