using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Models;
using FlowGpt.Tests.Unit.Accounts;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Models;

public sealed class RouteMakerTests
{
    private static readonly string[] Pools = ["a", "b", "c"];

    [Property(MaxTest = 300)]
    public void EveryOfferedModel_HasItsOwnNameAndABareOneForAllPoolsThatOfferIt(byte[][] offered, byte[] taken)
    {
        var discovered = new DiscoveredModels(
            1,
            [.. Pools.Select((pool, i) => new PoolModels(pool, [.. (i < offered.Length ? offered[i] : []).Select(Model)], null, null))]
        );
        var names = taken.Select(one => Model(one).Id).ToHashSet();

        var routes = new RouteMaker(new AnyPool("test"), AccountKinds.All, [], discovered, isDemo: false)
            .MakeDiscovered(Pools, names.Contains)
            .ToDictionary(route => route.Id);

        foreach (var pool in discovered.Pools)
        {
            Assert.All(
                pool.Models,
                model => Assert.Equal($"{pool.Pool}/{model.Id}", Assert.Single(routes[$"{pool.Pool}/{model.Id}"].Targets).ToString())
            );
        }

        foreach (var id in discovered.Pools.SelectMany(pool => pool.Models).Select(model => model.Id).Distinct())
        {
            var offering = Pools.Where(pool => discovered.Pools.Single(one => one.Pool == pool).Models.Any(model => model.Id == id));
            Assert.Equal(
                names.Contains(id) ? null : offering,
                routes.GetValueOrDefault(id)?.Targets.OrderBy(target => target.Order).Select(target => target.Pool)
            );
        }
    }

    [Fact]
    public void ContextWindow_IsTheProvidersUntilTheOperatorTells()
    {
        var discovered = new DiscoveredModels(1, [new("a", [new("known", 5000, "maker"), new("unknown", null, null)], null, null)]);
        var maker = new RouteMaker(new AnyPool("test"), AccountKinds.All, [], discovered, isDemo: false);

        Assert.Equal((5000, "maker"), (Make("known").ContextWindow, Make("known").OwnedBy));
        Assert.Null(Make("unknown").ContextWindow);
        Assert.Null(Make("known", "unknown").ContextWindow);
        Assert.Equal(
            400,
            maker
                .Make(
                    new()
                    {
                        Id = "r",
                        Targets = [new("a", "known")],
                        ContextWindow = 400,
                    }
                )
                .ContextWindow
        );

        Route Make(params string[] models) => maker.Make(new() { Id = "r", Targets = [.. models.Select(model => new Target("a", model))] });
    }

    private static DiscoveredModel Model(byte number) => new($"m{number % 5}", null, null);
}
