using System.Net;
using System.Text;
using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.ApiFrontend.Requests;

public sealed class CountPlacesTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly CountPlaces _places = new(Options.Create(new FrontendOptions { MaxCountsPerKey = 1 }));

    public void Dispose() => _places.Dispose();

    [Fact]
    public async Task EnterAsync_KeyCounts_TheNextOfItsRequestsWaitsUntilThePlaceIsGivenBack()
    {
        var leave = TestContext.Current.CancellationToken;
        var first = await _places.EnterAsync("a", leave);
        var second = _places.EnterAsync("a", leave).AsTask();
        Assert.False(second.IsCompleted);

        first!.Dispose();
        first.Dispose();
        var place = await second.WaitAsync(Deadline, leave);

        Assert.NotNull(place);
        Assert.False(_places.EnterAsync("a", leave).AsTask().IsCompleted);
    }

    [Fact]
    public async Task EnterAsync_TooManyOfTheKeyWait_IsRefused_AndOtherKeysAreNot()
    {
        using var leaving = new CancellationTokenSource();
        var first = await _places.EnterAsync("a", leaving.Token);
        var waiting = Enumerable.Range(0, CountPlaces.MostWaiting).Select(_ => _places.EnterAsync("a", leaving.Token).AsTask()).ToArray();

        Assert.Null(await _places.EnterAsync("a", leaving.Token));
        var other = _places.EnterAsync("b", leaving.Token).AsTask();
        await leaving.CancelAsync();
        Assert.All(
            await Task.WhenAll(waiting.Select(static one => Record.ExceptionAsync(() => one).AsTask())),
            static left => Assert.IsType<OperationCanceledException>(left, exactMatch: false)
        );
        first!.Dispose();
        // Whether another key had a place at once depends on the number of processors; without a place its caller leaves like the others.
        IDisposable? place = null;
        var left = await Record.ExceptionAsync(async () => place = await other.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.True(left is OperationCanceledException || place is not null);
        place?.Dispose();

        Assert.Equal(0, _places.Count);
    }

    [Fact]
    public async Task EnterAsync_AllProcessorsCount_AnotherKeyIsTheNext()
    {
        var leave = TestContext.Current.CancellationToken;
        var most = Math.Max(1, Environment.ProcessorCount / 2);
        var running = new IDisposable?[most];
        for (var i = 0; i < most; i++)
        {
            running[i] = await _places.EnterAsync($"key {i}", leave).AsTask().WaitAsync(Deadline, leave);
        }

        var other = _places.EnterAsync("other", leave).AsTask();
        var again = _places.EnterAsync("key 0", leave).AsTask();
        Assert.False(other.IsCompleted);
        running[0]!.Dispose();

        Assert.NotNull(await other.WaitAsync(Deadline, leave));
        Assert.False(again.IsCompleted);
    }

    [Fact]
    public async Task CountTokens_TooManyOfTheKeyWait_Is429()
    {
        await using var host = await FrontendHost.StartAsync(static options => options.MaxCountsPerKey = 1);
        var places = host.Services.GetRequiredService<CountPlaces>();
        using var leaving = new CancellationTokenSource();
        var taken = Enumerable
            .Range(0, 1 + CountPlaces.MostWaiting)
            .Select(_ => places.EnterAsync("master", leaving.Token).AsTask())
            .ToArray();

        using var body = new StringContent(
            """{"model":"gpt-4-free","messages":[{"role":"user","content":"hi"}]}""",
            Encoding.UTF8,
            "application/json"
        );
        using var answer = await host.Client.PostAsync("/v1/messages/count_tokens", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        await leaving.CancelAsync();
        await Task.WhenAll(taken.Select(static one => Record.ExceptionAsync(() => one).AsTask()));
    }
}
