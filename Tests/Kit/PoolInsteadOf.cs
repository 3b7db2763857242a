using System.Reflection;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Tests.Kit;

/// <summary>A grain factory that gives a test's pools in place of the cluster's; all other grains are the cluster's.</summary>
public class PoolInsteadOf : DispatchProxy
{
    private IGrainFactory? _grains;
    private Func<string, ITokenPoolGrain> _pools = null!;

    /// <param name="grains">Gives all other grains; null when the test needs none.</param>
    /// <param name="pools">Gives a pool by its name.</param>
    public static IGrainFactory Create(IGrainFactory? grains, Func<string, ITokenPoolGrain> pools)
    {
        var factory = Create<IGrainFactory, PoolInsteadOf>();
        ((PoolInsteadOf)factory)._grains = grains;
        ((PoolInsteadOf)factory)._pools = pools;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod is { Name: nameof(IGrainFactory.GetGrain), IsGenericMethod: true }
        && targetMethod.GetGenericArguments()[0] == typeof(ITokenPoolGrain)
            ? _pools((string)args![0]!)
            : targetMethod!.Invoke(_grains, args);
}
