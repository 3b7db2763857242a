using FlowGpt.Tests.Browser;
using FlowGpt.Tests.Clients;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(FlowGpt.Tests.Order.LongCollectionsFirst))]

namespace FlowGpt.Tests.Order;

/// <summary>Starts the collections that take minutes before those that take seconds, so that none of the long ones runs alone at the end.</summary>
public sealed class LongCollectionsFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [
            .. testCollections
                .OrderBy(static collection => PlaceOf(collection.TestCollectionDisplayName))
                .ThenBy(static collection => collection.UniqueID, StringComparer.Ordinal),
        ];

    private static int PlaceOf(string name) =>
        name is nameof(OneProduct) or nameof(OneGateway) ? 0
        : name.Contains("FlowGpt.Tests.Process.", StringComparison.Ordinal) ? 1
        : 2;
}
