using Spectre.Console.Cli;

namespace FlowGpt.Cli.Output;

/// <summary>Provides the parameters of commands' constructors.</summary>
internal sealed class Services(params object[] instances) : ITypeRegistrar, ITypeResolver
{
    private readonly Dictionary<Type, object> _instances = instances.ToDictionary(static one => one.GetType());
    private readonly Dictionary<Type, Type> _types = [];
    private readonly Dictionary<Type, Func<object>> _factories = [];

    public void Register(Type service, Type implementation) => _types[service] = implementation;

    public void RegisterInstance(Type service, object implementation) => _instances[service] = implementation;

    public void RegisterLazy(Type service, Func<object> factory) => _factories[service] = factory;

    public ITypeResolver Build() => this;

    public object? Resolve(Type? type)
    {
        if (type is null)
        {
            return null;
        }

        if (_instances.TryGetValue(type, out var instance))
        {
            return instance;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>))
        {
            var element = type.GetGenericArguments()[0];
            var all = Array.CreateInstance(element, Resolve(element) is null ? 0 : 1);
            if (all.Length > 0)
            {
                all.SetValue(Resolve(element), 0);
            }

            return all;
        }

        if (_factories.TryGetValue(type, out var factory))
        {
            return factory();
        }

        var made = _types.GetValueOrDefault(type, type);
        if (made.IsAbstract || made.IsInterface)
        {
            return null;
        }

        var constructor = made.GetConstructors()[0];
        return constructor.Invoke([.. constructor.GetParameters().Select(one => Resolve(one.ParameterType))]);
    }
}
